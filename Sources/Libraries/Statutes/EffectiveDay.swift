/// Finds out from which day a version of a law is the law.
///
/// In this order: an event of the head that says so; the sentence of the text that says so; the day of publication.
/// An amended version often repeats the closing article of the first one. A day named there that lies before the
/// version itself is the day the *law* took effect; the version took effect when it was published, since no rule binds
/// before people can know it (立法法 2023, article 104).
enum EffectiveDay {
    /// Fills in the three fields about the effective day from the rest.
    static func settle(_ statute: inout ParsedStatute) {
        let stated: (day: StatedDay, source: EffectiveSource)?
        if let day = statedInEvents(statute.events) {
            stated = (day, .events)
        } else if let day = statedInText(statute.articles) {
            stated = (day, .closingArticle)
        } else {
            stated = nil
        }

        let published = statute.publishDate
        switch stated {
        case (.day(let day), let source)?:
            if let version = statute.versionDate, day < version {
                statute.originalEffectiveDate = day
                (statute.effectiveDate, statute.effectiveSource) = (version, .publication)
            } else {
                (statute.effectiveDate, statute.effectiveSource) = (day, source)
            }
        case (.onPublication, let source)?:
            (statute.effectiveDate, statute.effectiveSource) = (published, published == nil ? .unknown : source)
        case nil:
            (statute.effectiveDate, statute.effectiveSource) = (published, published == nil ? .unknown : .publication)
        }
    }

    /// What a law says about the day it takes effect.
    enum StatedDay: Equatable {
        case day(LegalDate)
        case onPublication
    }

    // MARK: In the events

    /// Whether an event is the law's taking effect, and not, say, the adoption of an act about 实施.
    static func isTakingEffect(_ event: String) -> Bool {
        let scalars = event.unicodeScalars.filter { !"）)。 ".unicodeScalars.contains($0) }
        return ["施行", "实施", "实行", "生效", "执行"].contains { verb in
            scalars.suffix(2).elementsEqual(verb.unicodeScalars)
        }
    }

    private static func statedInEvents(_ events: [StatuteEvent]) -> StatedDay? {
        for event in events.reversed() {
            if case .day(let day)? = stated(in: event.text, onlyOfItself: false) { return .day(day) }
        }
        let taking = events.filter { isTakingEffect($0.text) }
        if let day = taking.compactMap(\.date).max() { return .day(day) }
        return taking.contains { $0.text.contains("之日") } ? .onPublication : nil
    }

    // MARK: In the text

    /// Looks from the last article backwards for a sentence in which the law speaks of itself, and then in the last
    /// article for any.
    private static func statedInText(_ articles: [ParsedArticle]) -> StatedDay? {
        for article in articles.reversed() {
            if let day = stated(in: article.text, onlyOfItself: true) { return day }
        }
        return articles.last { $0.number > 0 }.flatMap { stated(in: $0.text, onlyOfItself: false) }
    }

    /// The last statement in a text.
    static func stated(in text: String, onlyOfItself: Bool) -> StatedDay? {
        guard verbs.contains(where: { text.contains($0) }) else { return nil }
        for sentence in text.unicodeScalars.split(whereSeparator: isSentenceEnd).reversed() {
            if let day = stated(sentence: Array(sentence), onlyOfItself: onlyOfItself) { return day }
        }
        return nil
    }

    private static let verbs = ["施行", "实施", "实行", "生效", "执行"]

    private static func isSentenceEnd(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "。" || scalar == "；" || scalar == "\n"
    }

    /// How far into its sentence the law may name itself: `二十一、本决定自……`.
    private static let selfReferenceScalarsMax = 8

    private static func stated(sentence: [Unicode.Scalar], onlyOfItself: Bool) -> StatedDay? {
        var isOfItself = false
        for (position, scalar) in sentence.enumerated() {
            switch scalar {
            case "本": isOfItself = isOfItself || position < selfReferenceScalarsMax
            case "自", "从", "于", "由":
                guard isOfItself || !onlyOfItself else { continue }
                if let day = stated(sentence, after: position + 1) { return day }
            default: continue
            }
        }
        return nil
    }

    /// Reads `2020年1月1日起施行` or `公布之日起施行` at a place in a sentence.
    private static func stated(_ sentence: [Unicode.Scalar], after start: Int) -> StatedDay? {
        if let (day, end) = DayInText.read(sentence, at: start) {
            return hasVerb(sentence, at: end) ? .day(day) : nil
        }
        let window = sentence[min(start, sentence.count)..<min(start + 16, sentence.count)]
        guard let mark = window.indices.first(where: { sentence[$0...].starts(with: "之日".unicodeScalars) }) else {
            return nil
        }
        let isPublication = ["公布", "发布", "颁布", "印发", "公告", "批准", "通过"].contains { word in
            sentence[start..<mark].suffix(2).elementsEqual(word.unicodeScalars)
        }
        return isPublication && hasVerb(sentence, at: mark + 2) ? .onPublication : nil
    }

    /// Whether a word for taking effect follows within a few characters and before any comma.
    private static func hasVerb(_ sentence: [Unicode.Scalar], at start: Int) -> Bool {
        let near = sentence[min(start, sentence.count)..<min(start + 10, sentence.count)].prefix { $0 != "，" }
        return near.indices.contains { position in
            verbs.contains { sentence[position..<near.endIndex].starts(with: $0.unicodeScalars) }
        }
    }
}

/// A day written out in a Chinese text: `2023年7月1日`, `二〇二三年七月一日`, in Western, full-width or Chinese digits.
enum DayInText {
    /// The day that begins at `start`, and where it ends; nil if none does.
    static func read(_ text: [Unicode.Scalar], at start: Int) -> (LegalDate, end: Int)? {
        var position = start
        guard let year = number(text, at: &position, before: "年"), let month = number(text, at: &position, before: "月"),
            let day = number(text, at: &position, before: "日"),
            let date = LegalDate(year: year, month: month, day: day)
        else { return nil }
        return (date, position)
    }

    /// The number at `position` that is followed by `unit`; moves past the unit.
    private static func number(
        _ text: [Unicode.Scalar], at position: inout Int, before unit: Unicode.Scalar
    ) -> Int? {
        var digits: [Unicode.Scalar] = []
        while position < text.count, digits.count <= 5 {
            let scalar = text[position]
            position += 1
            if scalar == unit { return ChineseNumeral.value(digits) }
            if scalar == " " { continue }
            guard ChineseNumeral.digit(scalar) != nil || scalar == "十" else { return nil }
            digits.append(scalar)
        }
        return nil
    }
}
