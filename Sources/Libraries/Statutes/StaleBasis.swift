/// Finds bases that are the law no more: of items, and of the rows of discretion benchmarks (G24, 行政处罚法第37条).
package enum StaleBasis {
    /// An article that somebody rests on.
    package struct Basis: Hashable, Sendable {
        /// Who rests on it: the code of an item, or a benchmark's `set#number`.
        package var holder: String
        package var reference: StatuteReference
        /// The year of the edition that is cited, where the holder names one: 2016 for `（2016年修订）`.
        package var citedYear: Int?
        /// From which day the holder counts, where it says so: it was written by the law of that day.
        package var since: LegalDate?

        package init(holder: String, reference: StatuteReference, citedYear: Int? = nil, since: LegalDate? = nil) {
            (self.holder, self.reference, self.citedYear, self.since) = (holder, reference, citedYear, since)
        }
    }

    package enum Cause: Hashable, Sendable {
        /// The library has no law of this title.
        case notHere
        /// No version of it was in force on the day.
        case notInForce
        case repealed(by: String?, from: LegalDate)
        /// The version in force has no such article.
        case articleGone(version: LegalDate?)
        /// Another edition than the cited one is in force. `text` tells whether the article itself is known to read
        /// otherwise; nil where the cited edition is not here to compare.
        case amended(version: LegalDate?, text: Bool?)
        /// The cited edition is later than any here: the library is behind, not the basis.
        case editionMissing(year: Int, latest: LegalDate?)
    }

    package struct Finding: Hashable, Sendable {
        package let basis: Basis
        package let cause: Cause

        /// Whether the basis itself has to be looked at, and not the library.
        package var isStale: Bool {
            switch cause {
            case .notHere, .editionMissing: false
            default: true
            }
        }

        package var says: Reason {
            let (law, title) = ("《\(basis.reference.title)》", basis.reference.title)
            switch cause {
            case .notHere: return Reason("法规库中没有\(law)", "the library has no \(title)")
            case .notInForce: return Reason("\(law)当日未施行", "\(title) was not in force that day")
            case .repealed(let by?, let from):
                return Reason("\(law)自\(from.chineseText)起废止，由《\(by)》代替", "\(title) ended on \(from): see \(by)")
            case .repealed(nil, let from):
                return Reason("\(law)自\(from.chineseText)起废止", "\(title) ended on \(from)")
            case .articleGone(let version):
                return Reason(
                    "现行\(law)\(Self.edition(version))没有\(basis.reference.articleText)",
                    "the edition in force of \(title) has no article \(basis.reference.key)")
            case .amended(let version, let text):
                let what = text == true ? "，该条文字已变" : text == nil ? "，须核对该条" : "，该条文字未变"
                return Reason(
                    "\(law)已修改\(Self.edition(version))\(what)",
                    "\(title) was amended\(version.map { " on \($0)" } ?? "")")
            case .editionMissing(let year, let latest):
                return Reason(
                    "法规库缺少\(law)\(year)年版本\(latest.map { "，现有最新为\($0.chineseText)" } ?? "")",
                    "the library lacks the edition of \(year) of \(title)")
            }
        }

        private static func edition(_ version: LegalDate?) -> String { version.map { "（\($0.chineseText)版）" } ?? "" }
    }

    /// Every basis that has something against it on a day, in the order given.
    package static func list(
        _ bases: some Sequence<Basis>, in library: some StatuteLibrary, on day: LegalDate
    ) -> [Finding] {
        bases.compactMap { basis in cause(basis, library, day).map { Finding(basis: basis, cause: $0) } }
    }

    /// Whether the law and the article are here in any version, whatever has become of them since.
    package static func resolves(_ reference: StatuteReference, in library: some StatuteLibrary) -> Bool {
        guard let title = library.title(of: reference) else { return false }
        return library.versions(of: title).contains { library.article(reference.key, of: $0) != nil }
    }

    private static func cause(_ basis: Basis, _ library: some StatuteLibrary, _ day: LegalDate) -> Cause? {
        let titles = [basis.reference.title] + [library.title(of: basis.reference)].compactMap { $0 }
        let ended = titles.flatMap { library.repeals(of: $0) }.filter { $0.from <= day }
            .max { ($0.from, $0.by ?? "") < ($1.from, $1.by ?? "") }
        guard let title = library.title(of: basis.reference) else {
            return ended.map { .repealed(by: $0.by, from: $0.from) } ?? .notHere
        }
        guard let found = library.article(basis.reference, on: day) else { return .notInForce }
        let edition = found.version.versionDate
        // A law of the same title that was made after the repeal is another law, and in force.
        if let ended, edition.map({ $0 < ended.from }) ?? true { return .repealed(by: ended.by, from: ended.from) }
        guard let text = found.text else { return .articleGone(version: edition) }
        if let year = basis.citedYear { return cause(citing: year, edition, text, basis, title, library) }
        guard let since = basis.since else { return nil }
        guard let before = library.article(basis.reference, on: since) else {
            // The edition of that day is not here: whether the article reads as it did cannot be told.
            return found.since.map { $0 > since } ?? false ? .amended(version: edition, text: nil) : nil
        }
        guard before.version != found.version, before.text != text else { return nil }
        return .amended(version: edition, text: before.text.map { $0 != text })
    }

    private static func cause(
        citing year: Int, _ edition: LegalDate?, _ text: String, _ basis: Basis, _ title: String,
        _ library: some StatuteLibrary
    ) -> Cause? {
        guard let edition, edition.year != year else { return nil }
        guard edition.year > year else { return .editionMissing(year: year, latest: edition) }
        let cited = library.versions(of: title).filter { $0.versionDate?.year == year }.sorted { $0.key < $1.key }
        let before = cited.lazy.compactMap { library.article(basis.reference.key, of: $0) }.first
        return .amended(version: edition, text: before.map { $0 != text })
    }
}

extension BenchmarkRow {
    /// The row's basis with the edition that its text of the law names: `《法》（2016年修订）第八条…`.
    ///
    /// - Parameter set: the name of the benchmark the row belongs to.
    package func staleBasis(set: String, since: LegalDate? = nil) -> StaleBasis.Basis? {
        basis.map {
            StaleBasis.Basis(
                holder: BenchmarkName(set: set, item: itemNo).description, reference: $0,
                citedYear: CitedEdition.year(in: basisText, of: $0.title), since: since)
        }
    }
}

extension ItemRow {
    package var staleBases: [StaleBasis.Basis] {
        bases.map { StaleBasis.Basis(holder: code, reference: $0, since: validFrom) }
    }
}

/// Reads which edition of a law a quotation says it is from.
package enum CitedEdition {
    /// The year behind `《title…》（2016年修订）`; nil if the text names none. The title may have something added by a
    /// careless hand, as long as it begins alike.
    package static func year(in text: String, of title: String) -> Int? {
        let wanted = StatuteTitle.plain(title)
        var rest = text[...]
        while let open = rest.firstIndex(of: "《"), let close = rest[open...].firstIndex(of: "》") {
            let quoted = StatuteTitle.plain(rest[open..<close])
            rest = rest[rest.index(after: close)...]
            guard quoted.hasPrefix(wanted), let first = rest.first, first == "（" || first == "(" else { continue }
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            if digits.count == 4, rest.dropFirst(5).first == "年", let year = Int(digits) { return year }
        }
        return nil
    }
}

/// How an item names its benchmark: `set#number`, or the number alone.
package struct BenchmarkName: Hashable, Sendable, CustomStringConvertible {
    package let set: String?
    package let item: String

    package init(set: String?, item: String) { (self.set, self.item) = (set, item) }

    package init(_ text: some StringProtocol) {
        if let mark = text.lastIndex(of: "#") {
            self.init(set: String(text[..<mark]), item: String(text[text.index(after: mark)...]))
        } else {
            self.init(set: nil, item: String(text))
        }
    }

    package var description: String { self.set.map { "\($0)#\(item)" } ?? item }
}
