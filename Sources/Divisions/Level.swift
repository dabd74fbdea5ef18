/// How high up a division stands. Level is data, never derived from a code.
///
/// Less is higher: `.province < .city`. A child's level is greater than its parent's, though not always by one, since
/// a town may hang directly on a city. The raw value is part of the tree's digest and of every entry's meaning.
package enum Level: UInt8, Comparable, CaseIterable, Sendable, Codable {
    case province = 1
    case city
    case county
    case township
    case village

    /// The level called `name` in topology files: `province`, `city`, `county`, `township` or `village`.
    package init?(name: some StringProtocol) {
        guard let level = Level.allCases.first(where: { $0.englishName == name }) else { return nil }
        self = level
    }

    /// What an officer reads.
    package var chineseName: String {
        switch self {
        case .province: "省级"
        case .city: "市级"
        case .county: "县级"
        case .township: "乡级"
        case .village: "村级"
        }
    }

    /// The name in topology files, logs and English text.
    package var englishName: String {
        switch self {
        case .province: "province"
        case .city: "city"
        case .county: "county"
        case .township: "township"
        case .village: "village"
        }
    }

    package static func < (left: Level, right: Level) -> Bool {
        left.rawValue < right.rawValue
    }
}
