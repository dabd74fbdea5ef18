import AsyncHTTPClient
import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import NIOCore
import NIOHTTP1
import Node
import Replication

/// The case to its end: public, paid, withdrawn from the public page, closed and archived.
extension DemoStory {
    func closeTheCase(_ file: DemoCaseFile, _ decision: IssuedMessage) async throws {
        await screen.begin(
            DemoAct(number: 12, chinese: "公示、撤回、结案归档", english: "made public, withdrawn, closed and archived"))
        let officer = try people.desk(.officer)
        try await officer.take(
            .init(step: "pay", facts: ["paid-fen": .integer(DemoCaseCast.fineFen)]), in: file.id)
        let published = try await officer.take(.init(step: "publish", outcome: "published"), in: file.id)
        guard let publication = published.published.first.flatMap({ RecordID($0) }) else {
            checks.expect(false, "处罚决定没有公示", "nothing was published")
            return
        }
        try await expectPublic(publication, number: decision.number)
        try await withdraw(publication, file)
        try await expectPaperAbove(decision)
        try await expectFileEverywhere(file)

        let head = try people.desk(.head)
        try await head.take(.init(step: "close"), in: file.id)
        try await officer.take(.init(step: "archive"), in: file.id)
        let watch = try people.desk(.province)
        try await Waiting.until("the province to see the case ended", within: Self.factLimit) {
            try await watch.readIfHere(file.id)?.standing == "ended"
        }
        let ended = try await watch.read(file.id)
        checks.expect(
            ended.standingWords.first?.chinese == "结案归档" && ended.steps.allSatisfy { $0.findings.isEmpty },
            "省级所见：\(ended.standingWords.first?.chinese ?? "未办结")，\(ended.steps.count) 个环节全部合法",
            "the province sees it closed and archived, every step of it lawful")
        try await showBoard(file)
    }

    // MARK: The public

    private func expectPublic(_ publication: RecordID, number: String?) async throws {
        let root = province.province
        var page = try await PublicPage(publication, at: root)
        let isPublic = try await Waiting.comesTrue(within: Self.factLimit) {
            page = try await PublicPage(publication, at: root)
            return page.status == 200
        }
        let hidden = [DemoCaseCast.party, DemoCaseCast.partyNumber, DemoCaseCast.partyPhone, DemoCaseCast.partyAddress]
        checks.expect(
            isPublic && number.map(page.text.contains) ?? false, "省级公示页（无需登录）已有 \(number ?? "没有文号")",
            "on the province's public page, for anybody")
        checks.expect(
            hidden.allSatisfy { !page.text.contains($0) }, "姓名、证件号、电话、住址均已脱敏",
            "name, number, phone and address are masked")
    }

    /// The decision is changed on review by a court or a superior: it leaves the public page within three working days.
    private func withdraw(_ publication: RecordID, _ file: DemoCaseFile) async throws {
        let officer = try people.desk(.officer)
        try await officer.take(.init(step: "begin-remedy"), in: file.id)
        let day = DemoCaseCast.now.day.description
        try await officer.take(
            .init(step: "end-remedy", outcome: "changed", facts: ["revoked-on": .text(day)]), in: file.id)
        try await officer.take(.init(step: "withdraw-publicity"), in: file.id)
        let request: JSON = ["reason": "行政复议变更原决定。", "ruledOn": .text(day)]
        let withdrawn = try await officer.client.withdraw(publication, request)
        let root = province.province
        let isDown = try await Waiting.comesTrue(within: Self.factLimit) {
            try await PublicPage(publication, at: root).status == 410
        }
        checks.expect(
            isDown && !withdrawn.isLate, "复议变更决定，公示已撤回（期限 \(withdrawn.dueOn ?? "")）",
            "changed on review: withdrawn everywhere, within three working days")
    }

    // MARK: The file and the board

    /// What the township froze alone is what the province holds, under the digest that the step names.
    private func expectPaperAbove(_ decision: IssuedMessage) async throws {
        let desk = try people.desk(.province)
        var page: [UInt8]?
        _ = try await Waiting.comesTrue(within: Self.convergenceLimit) {
            page = try await desk.file(decision.digest)
            return page != nil
        }
        let text = page.map { String(decoding: $0, as: UTF8.self) } ?? ""
        checks.expect(
            page.map { Digest.of(Suite.p256.rawValue, $0).sha256Text } == decision.digest
                && decision.number.map(text.contains) ?? false && text.contains(DemoCaseCast.party),
            "断网时定稿的决定书已到省级，摘要一致 \(decision.digest.prefix(12))…",
            "the decision frozen without a line has arrived at the province unchanged")
    }

    private func expectFileEverywhere(_ file: DemoCaseFile) async throws {
        for person in [DemoCaseCast.Person.city, .province] {
            let desk = try people.desk(person)
            var held: [UInt8]?
            _ = try await Waiting.comesTrue(within: Self.convergenceLimit) {
                held = try await desk.file(file.digest)
                return held != nil
            }
            let name = province.offices.first { $0.api == desk.client.base }?.name ?? ""
            checks.expect(
                held == file.photograph, "\(name)已收到现场照片，摘要一致 \(file.digest.prefix(12))…",
                "the photograph has arrived there, byte for byte")
        }
    }

    private func showBoard(_ file: DemoCaseFile) async throws {
        let desk = try people.desk(.province)
        let division = DemoCaseCast.home.text
        var counts: BoardCounts?
        _ = try await Waiting.comesTrue(within: Self.factLimit) {
            let overview: BoardOverview = try await desk.client.supervision("overview", [("division", division)])
            counts = overview.counts
            return counts?[.ended] == 1
        }
        let name = province[DemoCaseCast.home].name
        let fine = (counts?[.fines] ?? 0) / 100
        checks.expect(
            counts?[.ended] == 1 && counts?[.decided] == 1 && counts?[.waiting] == 0
                && fine == DemoCaseCast.fineFen / 100,
            "省级监督平台：\(name)办结 1 宗，罚款 \(fine.grouped) 元，待确认 0 宗", "the province's board counts it as ended")
    }
}

/// A page that anybody may read, as it is without a token.
private struct PublicPage {
    private static let bytesMax = 1 << 20

    let status: UInt
    let text: String

    init(_ publication: RecordID, at office: Office) async throws {
        let request = HTTPClientRequest(url: "\(office.api)/public/\(APIClient.escaped(publication.description))")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        status = response.status.code
        text = String(decoding: try await response.body.collect(upTo: Self.bytesMax).readableBytesView, as: UTF8.self)
    }
}
