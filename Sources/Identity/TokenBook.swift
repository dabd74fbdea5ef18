import Divisions
import Foundation

/// Which tokens an issuer has made and which are used, so that each is honoured once.
///
/// A value; `Issuer` keeps it in `tokens.json`. It holds hashes of secrets, never secrets: reading it lets nobody join.
struct TokenBook: Codable, Equatable, Sendable {
    struct Ticket: Codable, Equatable, Sendable {
        let secretHash: String
        let division: DivisionCode
        let mayIssue: Bool
        let madeAt: Date
        let expiresAt: Date
        /// When it was honoured; nil while it waits.
        var usedAt: Date?

        func isOpen(at now: Date) -> Bool { usedAt == nil && now < expiresAt }
    }

    /// How many tokens are in which state, for a person to read.
    struct Count: Equatable {
        var open = 0
        var used = 0
        var expired = 0
    }

    static let formatKnown = 1

    private(set) var format = formatKnown
    /// In the order in which they were made.
    private(set) var tickets: [Ticket] = []

    /// Writes down a new token, and forgets those that ended long ago.
    mutating func add(_ token: EnrolmentToken, seconds: Int, at now: Date) throws(EnrolmentRefusal) {
        guard (1...IdentityLimits.tokenLifetimeSecondsMax).contains(seconds) else { throw .lifetime(seconds: seconds) }
        let memory = TimeInterval(IdentityLimits.tokenMemorySeconds)
        tickets.removeAll { $0.expiresAt.addingTimeInterval(memory) < now }
        if tickets.count >= IdentityLimits.tokensMax { tickets.removeAll { !$0.isOpen(at: now) } }
        guard tickets.count < IdentityLimits.tokensMax else { throw .tooManyTokens }
        tickets.append(
            Ticket(
                secretHash: token.secretHash, division: token.division, mayIssue: token.mayIssue, madeAt: now,
                expiresAt: now.addingTimeInterval(TimeInterval(seconds))))
    }

    /// Marks the token as used, or says why it cannot be.
    mutating func use(_ token: EnrolmentToken, at now: Date) throws(EnrolmentRefusal) {
        let hash = token.secretHash
        guard let place = tickets.firstIndex(where: { $0.secretHash == hash }) else { throw .tokenUnknown }
        let ticket = tickets[place]
        guard ticket.division == token.division, ticket.mayIssue == token.mayIssue else { throw .tokenAltered }
        if let usedAt = ticket.usedAt { throw .tokenUsed(at: usedAt) }
        guard now < ticket.expiresAt else { throw .tokenExpired(at: ticket.expiresAt) }
        tickets[place].usedAt = now
    }

    func count(at now: Date) -> Count {
        tickets.reduce(into: Count()) { count, ticket in
            if ticket.usedAt != nil {
                count.used += 1
            } else if ticket.isOpen(at: now) {
                count.open += 1
            } else {
                count.expired += 1
            }
        }
    }
}
