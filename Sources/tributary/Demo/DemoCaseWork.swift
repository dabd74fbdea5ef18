import Casework
import Foundation
import Ledger
import Libraries
import Node

/// What one act of the case hands on to the next.
struct DemoCaseFile: Sendable {
    let id: RecordID
    /// Of the photograph from the scene.
    let digest: String
    let photograph: [UInt8]
}

/// A township's case from the inspection to the passed legal review, with every line standing.
extension DemoStory {
    func workOnTheCase() async throws -> DemoCaseFile {
        await screen.begin(
            DemoAct(number: 5, chinese: "一宗处罚案：从现场检查到法制审核", english: "one case, from the scene to the review"))
        try await numbersLeased()
        let officer = try people.desk(.officer)
        let id = try await officer.open(
            DemoCaseCast.procedure, officers: [DemoCaseCast.Person.officer, .second].map(\.rawValue))
        try await file(id)
        let (digest, photograph) = try await surveyTheScene(id)
        try await tellTheParty(id)
        try await reviewTheDraft(id)
        return DemoCaseFile(id: id, digest: digest, photograph: photograph)
    }

    /// The county leases blocks of numbers ahead of time, so that the township can number without a line.
    private func numbersLeased() async throws {
        let officer = try people.desk(.officer)
        var left: [NumberSeriesMessage] = []
        try await Waiting.until("the county to lease document numbers to the township", within: Self.factLimit) {
            let list = try await officer.client.numbers(body: DemoCaseCast.body)
            left = list.series.filter { DemoCaseCast.words.contains($0.word) && $0.left > 0 }
            return Set(left.map(\.word)) == Set(DemoCaseCast.words)
        }
        let words = left.map { "\($0.word) \($0.left)" }.joined(separator: "、")
        screen.say("台山市已向镇级机器租出文号：\(words)", "the county has leased document numbers to this machine")
    }

    private func file(_ id: RecordID) async throws {
        let officer = try people.desk(.officer)
        let second = DemoCaseCast.Person.second.rawValue
        try await officer.take(.init(step: "clue", facts: DemoCaseCast.clue), in: id)
        let alone = try await officer.refusal(of: .init(step: "file", facts: DemoCaseCast.filing), in: id)
        expectRefusal(alone, naming: "行政处罚法第42条", "一人呈请立案", "one officer alone is refused")
        let suspended = try await officer.refusal(
            of: .init(step: "file", with: [DemoCaseCast.Person.suspended.rawValue]), in: id)
        expectRefusal(suspended, naming: "暂扣", "证件暂扣的人员参与", "with a suspended certificate likewise")
        try await officer.take(.init(step: "file", with: [second]), in: id)
        try await people.desk(.head).take(.init(step: "approve-filing"), in: id)
        screen.say(
            "两名持证人员呈请，负责人批准立案：\(DemoCaseCast.title)",
            "two certified officers ask, the head files the case")
    }

    private func expectRefusal(_ words: String?, naming article: String, _ chinese: String, _ english: String) {
        checks.expect(words?.contains(article) ?? false, "\(chinese)，被拒：\(words ?? "没有被拒")", english)
    }

    private func surveyTheScene(_ id: RecordID) async throws -> (digest: String, photograph: [UInt8]) {
        let officer = try people.desk(.officer)
        let second = DemoCaseCast.Person.second.rawValue
        let early = try await officer.refusal(of: .init(step: "survey", with: [second]), in: id)
        expectRefusal(early, naming: "行政处罚法第55条", "未亮证先检查", "nor is a scene surveyed before certificates are shown")
        try await officer.take(.init(step: "show-identity", with: [second]), in: id)
        try await officer.take(.init(step: "show-certificate", with: [second]), in: id)
        try await officer.take(.init(step: "tell-rights", with: [second], facts: ["recusal-raised": false]), in: id)
        let photograph = try Files.read(sources.photograph, bytesMax: 1 << 20)
        let digest = try await officer.attach(
            sources.photograph, to: id, recording: "survey", at: DemoCaseCast.now, place: DemoCaseCast.place)
        try await officer.take(.init(step: "survey", with: [second], evidence: [digest]), in: id)
        screen.say(
            "表明身份、亮证、告知、勘验；现场照片 \(photograph.count.grouped) 字节，摘要 \(digest.prefix(12))…",
            "identity, certificates, rights, survey; the photograph is hashed where it was taken")
        return (digest, photograph)
    }

    private func tellTheParty(_ id: RecordID) async throws {
        let officer = try people.desk(.officer)
        let second = DemoCaseCast.Person.second.rawValue
        try await officer.take(.init(step: "inquire", with: [second]), in: id)
        try await officer.take(
            .init(step: "end-investigation", with: [second], facts: DemoCaseCast.findings), in: id)
        try await people.desk(.head).take(.init(step: "review-result", outcome: "penalty"), in: id)
        let notice = try await officer.take(.init(step: "prior-notice", with: [second]), in: id)
        try await officer.take(.init(step: "waive-rights"), in: id)
        checks.expect(
            notice.number?.isEmpty == false, "事先告知书已编号：\(notice.number ?? "没有文号")；当事人书面放弃陈述申辩",
            "the prior notice bears a number; the party waives in writing")
        let early = try await people.desk(.head).refusal(
            of: .init(step: "decide", facts: DemoCaseCast.decision), in: id)
        expectRefusal(early, naming: "行政处罚法第58条", "未经法制审核作决定", "no decision without a passed review")
    }

    private func reviewTheDraft(_ id: RecordID) async throws {
        let officer = try people.desk(.officer)
        try await officer.take(.init(step: "submit-review"), in: id)
        try await review(id, of: 1, outcome: "returned", "未写明裁量理由，请补充。")
        try await officer.enter(["draft-decision": .text(DemoCaseCast.draft)], into: id)
        try await officer.take(.init(step: "submit-review"), in: id)
        try await review(id, of: 2, outcome: "passed", "事实清楚，裁量适当。")
        let passed = try await officer.read(id)
        checks.expect(
            passed.steps.count { $0.step == "legal-review" && $0.counts } == 2,
            "台山市法制审核：先退回（未写明裁量理由），改后再审通过", "the county's reviewer returns the draft, then passes it")
    }

    /// The county reviews once the township's submission has come up, and the township waits for its answer.
    private func review(_ id: RecordID, of round: Int, outcome: String, _ opinion: String) async throws {
        let (reviewer, officer) = (try people.desk(.reviewer), try people.desk(.officer))
        try await Waiting.until("the county to hold submission \(round)", within: Self.factLimit) {
            let seen = try await reviewer.readIfHere(id)
            return seen?.steps.count { $0.step == "submit-review" } == round
        }
        try await reviewer.take(
            .init(step: "legal-review", outcome: outcome, details: ["opinion": opinion]), in: id)
        try await Waiting.until("the township to hold review \(round)", within: Self.factLimit) {
            try await officer.read(id).steps.count { $0.step == "legal-review" } == round
        }
    }
}
