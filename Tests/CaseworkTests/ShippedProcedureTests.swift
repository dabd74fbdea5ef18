import Casework
import Foundation
import Testing

/// The procedures that travel with the program, read as a node reads them.
struct ShippedProcedureTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Procedures")

    static let files =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()

    static let expected = [
        "case-review", "coercive-measure", "complaint", "delegated-powers", "farmland-patrol", "fishing-ban",
        "fraud-warning", "inspection", "mediation", "no-penalty", "ordinary-penalty", "regulation-checkup",
        "simple-penalty", "temporary-relief", "transfer-to-police", "village-board", "village-compact",
        "withdraw-filing",
        "withdraw-publicity",
    ]

    static func read(_ file: String) throws -> Procedure {
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        return try Procedure(yaml: text, file: file)
    }

    @Test func `every procedure that is promised is there`() {
        #expect(Self.files == Self.expected.map { "\($0).yaml" })
    }

    @Test(arguments: files)
    func `a shipped file is accepted and is called like its procedure`(file: String) throws {
        let procedure = try Self.read(file)
        #expect("\(procedure.id).yaml" == file)
    }

    @Test(arguments: files)
    func `a shipped procedure says what it rests on, and so does each step, gate and deadline`(file: String) throws {
        let procedure = try Self.read(file)
        #expect(!procedure.articles.isEmpty)
        #expect(procedure.articles.allSatisfy { $0.hasPrefix("《") && $0.contains("》") })
        for step in procedure.steps {
            #expect(!step.articles.isEmpty, "step \(step.id)")
            #expect(step.gates.allSatisfy { !$0.articles.isEmpty }, "a gate of \(step.id)")
        }
        #expect(procedure.deadlines.allSatisfy { !$0.articles.isEmpty })
        #expect(procedure.publicity.allSatisfy { !$0.articles.isEmpty })
    }

    @Test(arguments: files)
    func `a shipped procedure advises on every step, in both languages`(file: String) throws {
        for step in try Self.read(file).steps {
            let advice = try #require(step.advice, "step \(step.id)")
            #expect(!advice.chinese.isEmpty && !advice.english.isEmpty, "step \(step.id)")
        }
    }

    @Test(arguments: files)
    func `whatever a shipped procedure opens is shipped`(file: String) throws {
        for step in try Self.read(file).steps {
            for opened in step.opens { #expect(Self.expected.contains(opened), "\(step.id) opens \(opened)") }
        }
    }

    @Test(arguments: files)
    func `facts that say who somebody is are personal in every procedure`(file: String) throws {
        let personal: Set = [
            "party", "party-id", "party-address", "party-phone", "legal-representative", "facts", "draft-decision",
        ]
        for fact in try Self.read(file).facts where personal.contains(fact.id) {
            #expect(fact.isPersonal, "\(fact.id)")
        }
    }

    /// A review over a text is one only if the reviewer's step looked at that text.
    @Test(arguments: files)
    func `what a step must have been taken over, it reads`(file: String) throws {
        let procedure = try Self.read(file)
        for step in procedure.steps {
            let conditions =
                [step.when].compactMap { $0 } + step.gates.flatMap { [$0.condition] + [$0.when].compactMap { $0 } }
            for condition in conditions {
                condition.visit { part in
                    guard case .step(let id, _, let over) = part, let earlier = procedure.step(id) else { return }
                    let read = Self.facts(readBy: earlier, in: procedure)
                    #expect(Set(over).subtracting(read) == [], "\(step.id) over \(id)")
                }
            }
        }
    }

    private static func facts(readBy step: StepRule, in procedure: Procedure) -> Set<String> {
        var facts = Set(step.requires + step.collects + (step.when?.facts ?? []))
        for gate in step.gates { facts.formUnion(gate.condition.facts + (gate.when?.facts ?? [])) }
        for deadline in procedure.deadlines { facts.formUnion(deadline.when?.facts ?? []) }
        return facts
    }

    @Test(arguments: files)
    func `every document of a shipped procedure has its template`(file: String) throws {
        let templates = Self.folder.deletingLastPathComponent().appending(path: "Templates")
        for kind in try Self.read(file).steps.compactMap(\.document) {
            let template = templates.appending(path: "\(kind).mustache").path(percentEncoded: false)
            #expect(FileManager.default.fileExists(atPath: template), "\(kind)")
        }
    }

    /// 《北京市接诉即办工作条例》: nobody has to say who he is, and nobody is put on a list for having complained.
    @Test func `a complaint asks for no identity and knows no blacklist`() throws {
        let procedure = try Self.read("complaint.yaml")
        #expect(procedure.isUrgent)
        for step in procedure.steps {
            #expect(!step.requires.contains { $0.contains("party") || $0.contains("name") || $0.contains("contact") })
        }
        #expect(!procedure.facts.contains { $0.id.contains("black") || $0.name.chinese.contains("黑名单") })
    }

    /// 行政处罚法第42、44、55条: what no case may leave out stands in the way of the decision.
    @Test func `nobody decides an ordinary penalty without certificates, rights, notice and review`() throws {
        let procedure = try Self.read("ordinary-penalty.yaml")
        let decide = try #require(procedure.step("decide"))
        let review = decide.gates.filter { $0.condition.steps == ["legal-review"] }
        #expect(review.contains { $0.condition == .step("legal-review", outcome: "passed", over: ["draft-decision"]) })
        #expect(review.contains { $0.condition.facts.contains("hearing-requested") }, "reviewed after the hearing")
        #expect(decide.gates.contains { $0.condition.steps.contains("tell-rights") })
        #expect(decide.gates.contains { $0.condition.steps.contains("prior-notice") })
        #expect(decide.isExclusive && decide.numbered == "罚")
        for id in ["file", "show-identity", "show-certificate", "tell-rights", "inquire", "survey"] {
            #expect(procedure.step(id)?.certified == 2, "\(id)")
            #expect(procedure.step(id)?.isOptional == false, "\(id)")
        }
    }

    @Test func `twenty experts score a case blind before it is discussed`() throws {
        let procedure = try Self.read("case-review.yaml")
        let discuss = try #require(procedure.step("discuss"))
        #expect(discuss.gates.contains { $0.condition == .count("score", atLeast: 20) })
        #expect(procedure.step("score")?.notWhoDid.contains("score") == true)
        #expect(procedure.tallies.contains { $0.step == "score" && $0.figure == "points" && $0.way == .mean })
    }
}
