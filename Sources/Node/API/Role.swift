import Casework
import Divisions
package import Lattice

/// What whoever holds a token is there for.
package enum Role: String, Hashable, Sendable, CaseIterable, Codable {
    /// Handles cases.
    case officer
    /// Reviews cases.
    case reviewer
    /// Answers for the body: approves and decides.
    case responsible
    /// Keeps statutes, items and rosters.
    case librarian
    /// Keeps the machine, and feeds it with imports.
    case `operator`
    /// Watches over offices below, and settles conflicts.
    case supervisor

    package var chinese: String {
        switch self {
        case .officer: "执法人员"
        case .reviewer: "法制审核人员"
        case .responsible: "负责人"
        case .librarian: "资料管理员"
        case .operator: "运维人员"
        case .supervisor: "监督人员"
        }
    }

    package var english: String {
        switch self {
        case .officer: "Officer"
        case .reviewer: "Legal reviewer"
        case .responsible: "Responsible person"
        case .librarian: "Librarian"
        case .operator: "Operator"
        case .supervisor: "Supervisor"
        }
    }
}

extension Role {
    /// What somebody of the role is there for, as far as it decides what he may see.
    var posts: Set<Post> {
        switch self {
        case .officer: [.officer]
        case .reviewer: [.reviewer]
        case .responsible: [.responsible]
        case .supervisor: [.supervisor]
        case .librarian, .operator: []
        }
    }
}

/// Something that a role may permit. Every role may read all that the node holds.
package enum Permission: Hashable, Sendable {
    /// To make, edit and remove records of a kind.
    case edit(Kind)
    /// To bring records of a kind to what a source says.
    case importing(Kind)
    /// To decide between the values of a conflict.
    case resolve(Kind)
}

extension Role {
    /// The one table of what roles may do beside reading.
    package func permits(_ permission: Permission) -> Bool {
        // What the node writes itself nobody else writes.
        switch permission {
        case .edit(let kind), .importing(let kind), .resolve(let kind):
            guard kind.name != CaseworkKinds.viewLog.name else { return false }
        }
        return permitsWork(permission)
    }

    private func permitsWork(_ permission: Permission) -> Bool {
        switch (self, permission) {
        case (.officer, .edit(let kind)), (.officer, .resolve(let kind)), (.reviewer, .edit(let kind)),
            (.reviewer, .resolve(let kind)), (.responsible, .edit(let kind)), (.responsible, .resolve(let kind)):
            kind.isOfCases
        case (.librarian, .edit(let kind)), (.librarian, .importing(let kind)), (.librarian, .resolve(let kind)):
            !kind.isOfCases
        case (.operator, .importing), (.supervisor, .resolve): true
        // Whoever watches over offices asks something of them.
        case (.supervisor, .edit(let kind)): kind.name == CaseworkKinds.directive.name
        case (.officer, .importing), (.reviewer, .importing), (.responsible, .importing), (.operator, .edit),
            (.operator, .resolve),
            (.supervisor, .importing):
            false
        }
    }
}

extension Kind {
    /// Whether its records are the work of officers. Everything else belongs to the libraries: what flows down, and
    /// beside it the personal part of the roster, which does not.
    fileprivate var isOfCases: Bool { !flow.flowsDown && name != "officer-person" }
}
