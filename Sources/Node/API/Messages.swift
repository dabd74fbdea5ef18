package import Libraries

/// What the local API sends and takes, for whoever speaks to it in Swift. The names of the properties are the names of
/// the members in JSON; the schemas in `Schemas` say the same to everybody else, and a test holds the two together.

// MARK: Records

/// A live value of a field.
package struct CandidateMessage: Codable, Hashable, Sendable {
    /// Absent where the value was erased by order of law, and for the existence of a record.
    package let value: JSON?
    package let isErased: Bool
    /// The level of the division acted for: `province`, `city`, `county`, `township` or `village`.
    package let level: String
    /// The writer's clock, ISO 8601 in UTC.
    package let written: String
    /// The edit that wrote it: `stream/number.index`, the stream as the digits of its hash.
    package let dot: String
    /// Stands for this one value, as `after` and `reads` take it.
    package let seen: String
}

package struct FieldMessage: Codable, Hashable, Sendable {
    package let name: String
    /// `register`, `set`, `log`, `counter` or `exists`.
    package let type: String
    /// What it may hold: `text`, `integer`, `boolean`, `bytes` (as hexadecimal digits) or `record` (as an id). Absent
    /// for a field that this release does not know.
    package let holds: String?
    package let chinese: String?
    package let english: String?
    package let isPersonal: Bool
    /// The one value to show of a register, or the sum of a counter.
    package let shown: JSON?
    package let isErased: Bool
    /// Whether a register holds different values, between which a person has to decide.
    package let isInConflict: Bool
    /// Every live value: of a register the one shown first, of a log in its order.
    package let values: [CandidateMessage]
    /// What an edit of the field gives back; empty where nothing is live.
    package let seen: String
}

package struct ConflictMessage: Codable, Hashable, Sendable {
    /// `different-values` or `removed-while-edited`.
    package let conflict: String
    /// The field; absent where the record itself is in conflict.
    package let field: String?
}

/// A record with all that an editor needs.
package struct RecordMessage: Codable, Hashable, Sendable {
    /// `kind:home:flow:key`.
    package let id: String
    package let kind: String
    package let home: String
    package let flow: String
    /// Changes with every edit; also in the header `ETag`, and what `If-Match` compares with.
    package let etag: String
    package let conflicts: [ConflictMessage]
    /// The fields of the kind in its order, then those that the kind does not name.
    package let fields: [FieldMessage]
    /// All that is live in the record: what a removal gives back.
    package let seen: String

    package subscript(name: String) -> FieldMessage? { fields.first { $0.name == name } }
}

/// A record in a list: what it shows, and nothing to edit it with.
package struct RecordSummary: Codable, Hashable, Sendable {
    package let id: String
    /// What is in conflict.
    package let conflicts: Int
    /// The shown value of each register and counter, and the values of each set and log.
    package let values: [String: JSON]
}

package struct RecordList: Codable, Hashable, Sendable {
    package let records: [RecordSummary]
    /// What `cursor` brings the next page; absent on the last.
    package let next: String?
}

package struct ConflictList: Codable, Hashable, Sendable {
    package let records: [RecordMessage]
    package let next: String?
}

// MARK: Edits

package struct NewRecord: Codable, Hashable, Sendable {
    package var kind: String
    /// The division the record belongs to; the token's own by default.
    package var home: String?
    /// The natural key, from which the id of a library record follows; without one the id is drawn and sorts by time.
    package var key: String?
    /// A value for a register or counter, an array for a set or log.
    package var fields: [String: JSON]

    package init(kind: String, home: String? = nil, key: String? = nil, fields: [String: JSON]) {
        (self.kind, self.home, self.key, self.fields) = (kind, home, key, fields)
    }
}

package struct FieldEdit: Codable, Hashable, Sendable {
    package enum Action: String, Codable, Hashable, Sendable, CaseIterable {
        /// Writes a register's value over those that were seen.
        case set
        /// Takes away what was seen of a register or set.
        case clear
        /// Adds an element to a set.
        case add
        /// Takes an element of a set away, as far as it was seen.
        case remove
        /// Adds an element to a log.
        case append
        /// Adds a number, which may be negative, to a counter.
        case increment
    }

    package var field: String
    package var action: Action
    /// For all but `clear`.
    package var value: JSON?
    /// The field's token from the read that the edit is based on: required for `set`, `clear` and `remove`.
    package var seen: String?
    /// What was looked at for this edit, as tokens of other fields or values.
    package var reads: [String]?
    /// The log elements that an appended one follows; by default the last one held here.
    package var after: [String]?

    package init(
        field: String, action: Action, value: JSON? = nil, seen: String? = nil, reads: [String]? = nil,
        after: [String]? = nil
    ) {
        (self.field, self.action, self.value) = (field, action, value)
        (self.seen, self.reads, self.after) = (seen, reads, after)
    }
}

/// Edits of one record, written whole or not at all.
package struct RecordEdits: Codable, Hashable, Sendable {
    package var edits: [FieldEdit]

    package init(edits: [FieldEdit]) { self.edits = edits }
}

package struct RecordRemoval: Codable, Hashable, Sendable {
    /// The record's token.
    package var seen: String

    package init(seen: String) { self.seen = seen }
}

/// A person's word on a conflict.
package struct Resolution: Codable, Hashable, Sendable {
    /// A register, or `exists` for a record that was removed while it was edited.
    package var field: String
    /// The value that shall stand; absent or null takes the field's value away. For `exists`: true keeps the record,
    /// false removes it.
    package var value: JSON?
    /// The token of the field, or of the whole record for `exists`.
    package var seen: String
    /// Why, in words: kept with the record as an element of its log `resolutions`, as personal data.
    package var reason: String?

    package init(field: String, value: JSON?, seen: String, reason: String? = nil) {
        (self.field, self.value, self.seen, self.reason) = (field, value, seen, reason)
    }
}

/// What a write came to.
package struct WrittenRecord: Codable, Hashable, Sendable {
    package let id: String
    /// The entries it stands in, as `stream/number`; none where nothing had to be written.
    package let entries: [String]
    /// The record as it is now; absent once it is removed.
    package let record: RecordMessage?
}

// MARK: Imports

/// What a source says a record holds.
package struct DraftMessage: Codable, Hashable, Sendable {
    /// The record's id, or else its kind, home and natural key.
    package var id: String?
    package var kind: String?
    package var home: String?
    package var key: String?
    /// Whether nothing is to be made if the record does not exist.
    package var onlyIfPresent: Bool?
    /// The fields the source is responsible for: a register, null for none, holds the value; a set holds exactly the
    /// array's values; a log gets those it lacks; a counter is set only where the record is made.
    package var fields: [String: JSON]

    package init(id: String, onlyIfPresent: Bool? = nil, fields: [String: JSON]) {
        (self.id, self.onlyIfPresent, self.fields) = (id, onlyIfPresent, fields)
    }

    package init(
        kind: String, home: String? = nil, key: String, onlyIfPresent: Bool? = nil, fields: [String: JSON]
    ) {
        (self.kind, self.home, self.key) = (kind, home, key)
        (self.onlyIfPresent, self.fields) = (onlyIfPresent, fields)
    }
}

/// Drafts that become one change, there whole or not at all.
package struct ImportRequest: Codable, Hashable, Sendable {
    /// Names the change; the same text names the same change. Drawn where absent.
    package var change: String?
    package var drafts: [DraftMessage]

    package init(change: String? = nil, drafts: [DraftMessage]) { (self.change, self.drafts) = (change, drafts) }
}

package struct ImportResult: Codable, Hashable, Sendable {
    /// Records that had to be made or changed.
    package let written: Int
    package let unchanged: Int
    /// The entries they stand in.
    package let entries: Int
}

// MARK: History

package struct HistoryEdit: Codable, Hashable, Sendable {
    package let field: String
    /// `register`, `set`, `log`, `counter` or `exists`.
    package let type: String
    /// `write` or `remove`.
    package let action: String
    package let value: JSON?
    package let isErased: Bool
    /// The edits it replaced, as `stream/number.index`.
    package let replaces: [String]
    /// What its author looked at.
    package let reads: [String]
}

/// Who wrote what, where and when, and when it arrived here.
package struct HistoryEntry: Codable, Hashable, Sendable {
    /// `stream/number`.
    package let entry: String
    /// What the parts of one act share.
    package let change: String
    /// The officer's record; absent for the node itself.
    package let author: String?
    /// The division acted for.
    package let division: String
    package let divisionName: String?
    /// The acting body's code.
    package let body: String
    /// The division at which the writing node has its seat.
    package let seat: String?
    /// By the writer's clock, ISO 8601 in UTC.
    package let written: String
    /// By this node's clock.
    package let arrived: String
    /// False beyond a proven fork: kept as evidence, without effect.
    package let counts: Bool
    package let edits: [HistoryEdit]
}

package struct HistoryMessage: Codable, Hashable, Sendable {
    package let id: String
    /// In the order in which they were committed here.
    package let entries: [HistoryEntry]
    /// The cursor of the page that follows; absent on the last.
    package let next: String?
}

// MARK: Statutes

package struct StatuteHit: Codable, Hashable, Sendable {
    /// The article's record.
    package let article: String
    package let statute: String
    package let title: String
    /// The day of the version, `YYYY-MM-DD`.
    package let version: String?
    package let part: String?
    package let effective: String?
    /// What the version is on the day: `in-force`, `future`, `superseded`, `repealed` or `undated`.
    package let status: String
    package let statusWords: WordsMessage
    /// Such as `12-2`.
    package let number: String
    /// Such as `第十二条`.
    package let label: String
    package let chapter: String
    package let excerpt: String
    /// What was found: pairs of first and past-the-last place in the excerpt, counted in Unicode scalars.
    package let highlights: [[Int]]
}

package struct StatuteHits: Codable, Hashable, Sendable {
    package let hits: [StatuteHit]
    package let next: String?
}

package struct ArticleMessage: Codable, Hashable, Sendable {
    package let id: String
    package let label: String
    package let chapter: String
    package let text: String
}

/// The articles of one number in the version that is the law on a day.
package struct ArticleInForce: Codable, Hashable, Sendable {
    package let title: String
    /// The day that was asked for.
    package let on: String
    /// The records of the version in force: several where a law is spread over parts; none where no version is in
    /// force yet.
    package let statutes: [String]
    /// The day of the version, where its file names one.
    package let version: String?
    /// Since when it has been in force.
    package let since: String?
    /// Where that day was found: `events`, `closing-article`, `publication` or `unknown`.
    package let source: String?
    /// When the next version takes effect.
    package let next: String?
    /// Versions of which no day is known.
    package let undated: Int
    package let articles: [ArticleMessage]
}

// MARK: Changes

/// The data of an event `change` in the stream of changes.
package struct ChangeMessage: Codable, Hashable, Sendable {
    package let record: String
    package let entry: String
    /// The store's position: whoever reads the record now sees the change.
    package let position: UInt64
}

/// The data of an event `missed`: so many changes were not told; read anew what is shown.
package struct MissedMessage: Codable, Hashable, Sendable {
    /// Absent where the stream begins with it, because changes before its beginning cannot be told again.
    package let count: Int?
}
