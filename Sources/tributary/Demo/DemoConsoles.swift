import Divisions
import Foundation
import Libraries
import Node

/// The consoles of a demonstration that is left running: where each is, and sample accounts to try them with.
struct DemoConsoles: Sendable {
    /// Known to everybody who reads this: these offices are reached from this machine only.
    static let password = "tributary-demo"

    /// Somebody to sign in as.
    struct Sample: Sendable {
        let certificate: String
        let name: String
        let role: Role
        let division: DivisionCode
        let body: String
    }

    let province: LocalProvince
    let samples: [Sample]

    /// - Parameter sources: whose officers have parts in the demonstration.
    init(_ province: LocalProvince, _ sources: DemoSources) {
        self.province = province
        let people = DemoCaseCast.Person.allCases.filter { $0 != .suspended }
        let officers = people.compactMap { person -> Sample? in
            guard let row = sources.caseOfficers.first(where: { $0.certificateNo == person.rawValue }) else {
                return nil
            }
            return Sample(
                certificate: row.certificateNo, name: row.name, role: person.consoleRole, division: row.division,
                body: row.body)
        }
        let root = DemoCast.province
        samples =
            officers + [
                Sample(certificate: "librarian", name: "资料管理员", role: .librarian, division: root, body: ""),
                Sample(certificate: "operator", name: "运维人员", role: .operator, division: root, body: ""),
            ]
    }

    /// Makes the accounts of an office's people: they may keep the sample password.
    func openAccounts(at office: Office) throws {
        let accounts = Accounts(path: office.data.accountsFile)
        let now = UInt64(max(0, Date().timeIntervalSince1970 * 1_000))
        for sample in samples where sample.division == office.seat {
            var account = Account(
                certificate: sample.certificate, name: sample.name, role: sample.role, division: sample.division,
                body: sample.body, author: Account.author(sample.certificate, sample.role, of: sample.division),
                password: PasswordHash(Self.password), now: now)
            account.mustChange = false
            _ = try accounts.add(account)
        }
    }

    /// What is printed of an office: its console's address, and who may sign in there.
    func lines(for office: Office, port: Int) -> [String] {
        let people = samples.filter { $0.division == office.seat }
        return ["    控制台 console https://localhost:\(port)"]
            + people.map { "      \($0.certificate)  \($0.role.chinese) \($0.role.rawValue)  \($0.name)" }
    }
}

extension DemoCaseCast.Person {
    fileprivate var consoleRole: Role {
        switch self {
        case .officer, .second, .suspended, .county: .officer
        case .head: .responsible
        case .reviewer: .reviewer
        case .city, .province: .supervisor
        }
    }
}
