import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Node

/// Who has to do with the case that the demonstration tells, and what it is about. Everything is invented.
struct DemoCaseCast: Sendable {
    /// Where it is handled: the township whose lines are cut.
    static let home = DemoCast.cutOff
    static let body = "440781001-01"
    static let countyBody = "440781-01"
    static let procedure = "ordinary-penalty"
    /// Words of the numbers that it needs: of the notice and of the decision.
    static let words = ["罚告", "罚"]

    /// Everybody with a part in it, by certificate.
    enum Person: String, CaseIterable {
        /// Two certified officers of the township.
        case officer = "440781000105"
        case second = "440781000106"
        /// Its head, who decides.
        case head = "440781000107"
        /// A colleague whose certificate is suspended.
        case suspended = "440781000014"
        /// The county's reviewer, and the officer who takes the case over.
        case reviewer = "440781000103"
        case county = "440781000104"
        /// Who watches over enforcement at the city and at the province.
        case city = "440700000102"
        case province = "440000000101"

        fileprivate var role: Role {
            switch self {
            case .officer, .second, .head, .suspended, .county: .officer
            case .reviewer: .reviewer
            case .city, .province: .supervisor
            }
        }
    }

    static let party = "孙样明"
    static let partyNumber = "440781189907070012"
    static let partyPhone = "10005550077"
    static let partyAddress = "台城街道样板街66号"
    static let title = "涉嫌在河道管理范围内倾倒渣土案"
    static let place = "台城河左岸滩地"
    static let fineFen: Int64 = 400_000
    /// What the reviewer misses the reasons in, and what the officers make of it.
    static let draftWithoutReasons = "责令改正，处四千元罚款。"
    static let draft = "责令改正，处四千元罚款：倾倒约三立方米，属裁量基准第二档；已当场清理，故在该档内从轻。"

    let province: LocalProvince
    let officers: [OfficerRow]
    let acknowledged: Acknowledged

    func desk(_ person: Person) throws -> CaseDesk {
        let certificate = person.rawValue
        guard let row = officers.first(where: { $0.certificateNo == certificate }) else {
            throw CommandFailure(.badData, "Fixtures/case-officers.csv: names nobody with certificate \(certificate)")
        }
        let client = try province[row.division].client(
            person.role, for: row.division, officer: DemoCast.certificate(row), body: row.body)
        return CaseDesk(client: client, certificate: certificate, acknowledged: acknowledged)
    }

    /// Now, in local time.
    static var now: LegalMoment {
        let milliseconds = UInt64(max(0, Date().timeIntervalSince1970 * 1_000))
        guard let moment = LegalMoment(milliseconds: milliseconds) else {
            preconditionFailure("the clock is beyond the year 9999")
        }
        return moment
    }

    // MARK: What the steps are taken with

    /// What the inspection found.
    static var clue: [String: JSON] {
        let yesterday = LegalDate(daysSince1970: now.day.daysSince1970 - 1) ?? now.day
        return [
            "title": .text(title), "source": "inspection", "place": .text(place),
            "violated-on": .text(yesterday.description), "endangers-life": false,
        ]
    }

    static var filing: [String: JSON] {
        [
            "item": "44990000000001", "party": .text(party), "party-kind": "citizen",
            "party-id": .text(partyNumber), "party-address": .text(partyAddress), "party-phone": .text(partyPhone),
            "is-minor": false,
            "facts": .text("当事人\(party)（电话\(partyPhone)）将约三立方米渣土倾倒在\(place)，经责令当场清理。"),
        ]
    }

    static var findings: [String: JSON] {
        [
            "circumstance": 2, "fine-fen": .integer(fineFen), "penalty-kinds": ["fine"], "complex": false,
            "heavy-penalty": false, "review-listed": false, "draft-decision": .text(draftWithoutReasons),
        ]
    }

    static let decision: [String: JSON] = ["decision-text": "处四千元罚款，自收到本决定书之日起十五日内缴至指定银行。"]

    static var service: [String: JSON] { ["service-way": "direct", "served-on": .text(now.day.description)] }
}
