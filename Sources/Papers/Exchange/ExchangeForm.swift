package import Casework
import Libraries

/// A form in which acts leave: its fields in order, where each comes from and what the receiver demands of it. Data,
/// read from `Exchange/`; see ``ExchangeForms``.
package struct ExchangeForm: Sendable {
    /// What stands at the top of a column, and what an XML field is called.
    package enum Heading: String, Hashable, Sendable, CaseIterable {
        /// The receiver's own codes, such as `CF_WSH`.
        case code
        /// Chinese names, where the receiver's codes are not known.
        case name
    }

    package enum Layout: String, Hashable, Sendable, CaseIterable {
        /// One document with many rows.
        case rows
        /// One `ExchangeMessage` per act.
        case message
    }

    package let id: String
    package let name: Bilingual
    package let behaviour: ExchangeBehaviour
    package let heading: Heading
    package let layout: Layout
    /// Whether the receiver shows it to the public, so that what is withheld must not leave.
    package let isPublished: Bool
    package let fields: [ExchangeField]

    package func field(_ code: String) -> ExchangeField? { fields.first { $0.code == code } }

    /// What a column of the field is called.
    package func heading(of field: ExchangeField) -> String {
        switch heading {
        case .code: field.code
        case .name: field.name
        }
    }
}

/// A field of a form.
package struct ExchangeField: Sendable {
    /// What the receiver demands of the text.
    package enum Kind: Hashable, Sendable {
        /// So many characters (Unicode scalars).
        case text(ClosedRange<Int>)
        /// So many bytes of UTF-8.
        case bytes(ClosedRange<Int>)
        case digits(ClosedRange<Int>)
        /// Digits in all, and behind the point.
        case decimal(digits: Int, scale: Int)
        case date
        /// `YYYY-MM-DD HH:MM:SS`.
        case moment
        /// 是 or 否.
        case truth
        /// Words of a code set, several joined by a semicolon; so many characters.
        case codes(set: String, charactersMax: Int)
        /// A unified social credit code.
        case creditCode
        /// A unified social credit code, or the number of a personal document.
        case partyCode
        /// A unified social credit code and one digit 1 to 5.
        case listCode
    }

    /// How a value is written where its kind leaves a choice.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case plain = ""
        /// Fen as 10,000 yuan with six decimals.
        case tenThousandYuan = "wan"
        /// Fen as yuan with two decimals.
        case yuan
        /// The name of a citizen with only its first character (自然人名称须脱敏).
        case masked
        /// The first six digits of a code of a division.
        case area
    }

    enum Requirement: Hashable, Sendable {
        case no
        case yes
        /// Where the source holds one of the words.
        case when(source: String, words: [String])
    }

    package let code: String
    /// As the receiver calls it.
    package let name: String
    package let kind: Kind
    package let format: Format
    /// Exchanged, but not to be shown to the public.
    package let isHidden: Bool
    /// Tells the act at the receiver: what is left of a row that calls it back.
    package let isKey: Bool
    /// The field whose day must not lie after this one's.
    package let after: String?
    let requirement: Requirement
    /// The first that has a value is taken; none for what the platform does not keep.
    let sources: [ExchangeSource]

    /// Whether it is demanded of every act, whatever it holds.
    package var isRequired: Bool { requirement == .yes }
}

extension ExchangeField.Kind {
    /// The most characters of a text for which a list names no limit: the longest document in practice, times ten.
    static let charactersMax = 20_000

    /// Reads `text 200`, `text 18-32`, `bytes 200`, `digits 14`, `decimal 18 6`, `date`, `moment`, `truth`,
    /// `codes SET`, `codes SET 36`, `credit-code`, `party-code`, `list-code`.
    init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        switch (words.first, words.count) {
        case ("text", 1): self = .text(0...Self.charactersMax)
        case ("text", 2): guard let range = Self.range(words[1], from: 1) else { return nil }; self = .text(range)
        case ("bytes", 2): guard let range = Self.range(words[1], from: 1) else { return nil }; self = .bytes(range)
        case ("digits", 2): guard let range = Self.range(words[1], from: nil) else { return nil }; self = .digits(range)
        case ("decimal", 3):
            guard let digits = Int(words[1]), let scale = Int(words[2]), (1...18).contains(digits),
                (0..<digits).contains(scale)
            else { return nil }
            self = .decimal(digits: digits, scale: scale)
        case ("date", 1): self = .date
        case ("moment", 1): self = .moment
        case ("truth", 1): self = .truth
        case ("codes", 2): self = .codes(set: words[1], charactersMax: Self.charactersMax)
        case ("codes", 3):
            guard let most = Int(words[2]), (1...Self.charactersMax).contains(most) else { return nil }
            self = .codes(set: words[1], charactersMax: most)
        case ("credit-code", 1): self = .creditCode
        case ("party-code", 1): self = .partyCode
        case ("list-code", 1): self = .listCode
        default: return nil
        }
    }

    /// `18-32`, or one number, which is the most and, without a least, the least too.
    private static func range(_ text: String, from least: Int?) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        switch ends.count {
        case 1:
            guard let end = ends[0], (1...charactersMax).contains(end) else { return nil }
            return (least ?? end)...end
        case 2:
            guard let low = ends[0], let high = ends[1], 1 <= low, low <= high, high <= charactersMax else {
                return nil
            }
            return low...high
        default: return nil
        }
    }

    /// Whether what a source gives can be written so.
    func admits(_ shape: ExchangeSource.Shape, _ format: ExchangeField.Format) -> Bool {
        switch (self, shape, format) {
        case (.text, .text, .plain), (.text, .text, .masked), (.text, .text, .area), (.text, .texts, .plain),
            (.bytes, .text, .plain), (.bytes, .text, .masked), (.bytes, .texts, .plain), (.digits, .text, .plain),
            (.digits, .text, .area), (.date, .day, .plain), (.moment, .moment, .plain), (.truth, .truth, .plain),
            (.codes, .words, .plain), (.creditCode, .text, .plain), (.partyCode, .text, .plain),
            (.listCode, .text, .plain):
            true
        case (.decimal(_, let scale), .fen, .tenThousandYuan): scale >= 6
        case (.decimal(_, let scale), .fen, .yuan): scale >= 2
        default: false
        }
    }
}

/// A receiver's codes for our words: penalties, parties, sources, endings.
package struct ExchangeCodes: Sendable {
    package struct Code: Hashable, Sendable {
        /// Our word.
        package let word: String
        /// What the receiver wants to read.
        package let code: String
        package let name: Bilingual
    }

    private let sets: [String: [Code]]

    init(_ sets: [String: [Code]]) { self.sets = sets }

    /// A set in the order of its file; empty if there is none of the name.
    package subscript(set: String) -> [Code] { sets[set] ?? [] }

    package func has(_ set: String) -> Bool { sets[set] != nil }

    /// The receiver's code for our word.
    package func code(of word: String, in set: String) -> Code? { self[set].first { $0.word == word } }

    /// Our word for a receiver's code; the first where several words share it.
    package func word(for code: String, in set: String) -> Code? { self[set].first { $0.code == code } }
}
