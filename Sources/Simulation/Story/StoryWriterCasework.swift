import Casework
import Ledger

extension CaseAct.Deed {
    /// The verb of a step, and what stands behind it.
    var verbWords: String {
        switch self {
        case .open(let record, _): "file-case: \(StoryText.name(record.name))"
        case .enter(let record, _): "enter: \(StoryText.name(record.name))"
        case .take(let record, _): "take: \(StoryText.name(record.name))"
        case .forge(let record, _, _): "forge: \(StoryText.name(record.name))"
        case .takeOver(let record): "take-over: \(StoryText.name(record.name))"
        case .overrule(let record, _, _, _, _): "overrule: \(StoryText.name(record.name))"
        case .acknowledge(let office): "acknowledge: \(office)"
        case .suspend(let certificate): "suspend: \(certificate)"
        case .endDelegation(let office, _): "end-delegation: \(office)"
        case .amend(let day): "amend-law: \(StoryText.quoted(day))"
        }
    }

    /// What stands beside the verb.
    var arguments: [String] {
        switch self {
        case .open(_, let facts), .enter(_, let facts): facts.isEmpty ? [] : [Self.words(facts)]
        case .take(_, let taking): taking.words
        case .forge(_, let taking, let forgery): taking.words + ["cites: \(forgery.rawValue)"]
        case .overrule(_, let word, let step, let of, let rival):
            ["step: \(step)", "word: \(word.rawValue)"] + (of.map { ["of: \($0)"] } ?? [])
                + (rival.map { ["rival: \(StoryText.name($0.name))"] } ?? [])
        case .endDelegation(_, let day): ["until: \(StoryText.quoted(day))"]
        case .takeOver, .acknowledge, .suspend, .amend: []
        }
    }

    private static func words(_ facts: [CaseFact]) -> String {
        "facts: { \(facts.map { "\($0.id): \(StoryText.value($0.value))" }.joined(separator: ", ")) }"
    }
}

extension StepTaking {
    fileprivate var words: [String] {
        var words = ["step: \(step)"]
        if let outcome { words.append("outcome: \(outcome)") }
        if let officers { words.append("officers: [\(officers.joined(separator: ", "))]") }
        if let number { words.append("number: \(StoryText.quoted(number))") }
        return words
    }
}

extension CaseQuestion {
    var words: String {
        switch self {
        case .counts(let step, let count): "step: \(step), counts: \(count)"
        case .broken(let step, let count): "step: \(step), broken: \(count)"
        case .void(let step, let count): "step: \(step), void: \(count)"
        case .doubt(let kind, let isThere): "doubt: \(kind.rawValue), is: \(isThere)"
        case .standing(let kind): "standing: \(kind.rawValue)"
        }
    }
}
