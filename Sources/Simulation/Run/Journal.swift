package import Divisions
package import Ledger

/// What a run leaves for people to look at. It is written while the world turns and changes nothing in it; everything in it
/// is bounded, so that a province's day costs no more to keep than a town's.
package struct Journal: Sendable {
    /// A machine, in the order the world knows them: parents before children, twins last.
    package struct Office: Sendable {
        package let machine: String
        package let division: DivisionCode
        package let name: String
        package let level: Level
        /// The index of the nearest machine above it.
        package let parent: Int?
    }

    /// Something that happened at one moment: an act of the story, a process that came or went, a finding.
    package struct Mark: Sendable {
        package enum Kind: String, Sendable, CaseIterable {
            case cut, mend, crash, start, backup, restore, clone, disk, clock, upgrade, lie, reset, silence
            case shape, failed, turned, alarm, refused, forked
        }
        package let at: Instant
        package let kind: Kind
        /// Machines it happened at, as indices of `offices`; none for the whole world.
        package let offices: [Int]
        package let text: String
    }

    /// Something that lasted.
    package struct Span: Sendable {
        package enum Kind: Sendable {
            /// A machine that was down.
            case down(Int)
            /// Lines that carried nothing: every pair of the one group with the other.
            case cut([Int], [Int])
        }
        package let kind: Kind
        package let from: Instant
        package var through: Instant?
        package let name: String
    }

    /// A frame that carried entries.
    package struct Message: Sendable {
        package let from: Int
        package let to: Int
        package let sent: Instant
        package let arrived: Instant
        package let bytes: Int
        /// Indices into `entries`.
        package let entries: [Int]
    }

    /// One entry that was written, and when it was durable where.
    package struct Entry: Sendable {
        package let id: EntryID
        package let writer: Int
        package let written: Instant
        package let home: DivisionCode
        package let flow: Flow
        /// What it was about, in the story's words; no values.
        package let text: String
        package var arrivals: [(office: Int, at: Instant)] = []
    }

    /// How things stood at one moment, by level (province first).
    package struct Sample: Sendable {
        package let at: Instant
        /// The longest time from writing to arrival of what arrived since the last sample, in milliseconds.
        package let lag: [UInt64]
        /// Entries that machines of the level hold less than they will.
        package let backlog: [UInt64]
        /// Machines of the level that are down or have no link upward.
        package let alone: [Int]
    }

    package struct Line: Sendable {
        package let lower: Int
        package let upper: Int
        package var bytesUp: UInt64 = 0
        package var bytesDown: UInt64 = 0
        package var frames: UInt64 = 0
    }

    /// What one checker found.
    package struct Check: Sendable {
        package let name: String
        /// What it makes sure of, one sentence in the officers' language and one in English.
        package let chinese: String
        package let english: String
        /// How many things it looked at.
        package let looked: Int
        package let findings: [String]
    }

    package static let marksMax = 20_000
    package static let spansMax = 20_000
    package static let messagesMax = 20_000
    package static let entriesMax = 4_000

    package var scenario = ""
    package var title = ""
    package var why = ""
    package var seed: UInt64 = 0
    package var store = ""
    package var begins = Instant(milliseconds: 0)
    package var ends = Instant(milliseconds: 0)
    /// When all agreed; `nil` if they never did.
    package var agreed: Instant?
    package var offices: [Office] = []
    package var marks: [Mark] = []
    package var spans: [Span] = []
    package var messages: [Message] = []
    package var entries: [Entry] = []
    package var samples: [Sample] = []
    package var lines: [Line] = []
    package var checks: [Check] = []
    /// What was left out because of the bounds above.
    package var leftOut = (marks: 0, spans: 0, messages: 0, entries: 0)
    package var writtenEntries = 0
    package var frames: UInt64 = 0
    package var bytes: UInt64 = 0
    package var faults: [String: Int] = [:]
    /// The digest of all that happened, in hexadecimal.
    package var trace = ""

    package init() {}
}
