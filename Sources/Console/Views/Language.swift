/// A language in which the console speaks: Chinese first.
enum Language: String, Sendable, CaseIterable {
    case chinese = "zh"
    case english = "en"

    /// For `lang` attributes (BCP 47).
    var tag: String {
        switch self {
        case .chinese: "zh-Hans"
        case .english: "en"
        }
    }

    var other: Language {
        switch self {
        case .chinese: .english
        case .english: .chinese
        }
    }

    /// The first language of an `Accept-Language` header that the console speaks; Chinese where it names none.
    static func preferred(by header: String?) -> Language {
        for range in (header ?? "").lowercased().split(separator: ",") {
            let tag = range.drop { $0 == " " }.prefix { $0 != ";" && $0 != "-" }
            if let language = Language(rawValue: String(tag)) { return language }
        }
        return .chinese
    }
}
