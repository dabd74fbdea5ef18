/// One law that ended because another took its place, or without one.
package struct StatuteRepeal: Hashable, Sendable {
    /// The title of the law that ended.
    package let title: String
    /// The title of the one that ended it or took its place; nil where none did.
    package let by: String?
    /// From which day it is the law no more.
    package let from: LegalDate

    package init(title: String, by: String?, from: LegalDate) { (self.title, self.by, self.from) = (title, by, from) }

    /// Reads a table of repeals that no text of a law states: one a line, `title,by,YYYY-MM-DD`, the second field empty
    /// where nothing took its place, lines that begin with `#` passed over.
    ///
    /// - Returns: nil if a line is none of this.
    package static func list(_ table: String) -> [StatuteRepeal]? {
        var repeals: [StatuteRepeal] = []
        for line in table.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                String($0).trimmingBlanks()
            }
            guard fields.count == 3, !fields[0].isEmpty, let day = LegalDate(fields[2]) else { return nil }
            repeals.append(StatuteRepeal(title: fields[0], by: fields[1].isEmpty ? nil : fields[1], from: day))
        }
        return repeals
    }
}

extension ParsedStatute {
    /// Titles of the laws that this one ends as it takes effect, by its own words `《…》同时废止`, ascending. A part of a
    /// law that ends, and a law of the same title, are not among them.
    package var repeals: [String] {
        var found: Set<String> = []
        for article in articles { found.formUnion(Repealing.titles(in: article.text)) }
        found.remove(title)
        return found.sorted()
    }
}

/// Finds the sentences by which laws end others.
enum Repealing {
    private static let verbs = ["同时废止", "即行废止", "同时停止执行"]
    /// Words after which a title is what the sentence rests on, not what it ends.
    private static let supports = ["根据", "依照", "按照", "依据", "适用", "执行", "有关", "符合"]

    static func titles(in text: String) -> [String] {
        guard verbs.contains(where: { text.contains($0) }) else { return [] }
        return text.split(whereSeparator: { "。；\n".contains($0) }).flatMap { titles(sentence: Array($0)) }
    }

    private static func titles(sentence: [Character]) -> [String] {
        guard let verb = verbs.lazy.compactMap({ place(of: Array($0), in: sentence) }).min() else { return [] }
        let marked = marked(in: sentence[..<verb])
        // Of what ends in part, something stands between the title and the verb.
        guard let last = marked.last, isAside(sentence[last.end..<verb]) else { return [] }
        return marked.filter { title in
            let before = String(sentence[max(0, title.start - 2)..<title.start])
            return !supports.contains(before)
        }.map(\.text)
    }

    private static func place(of word: [Character], in sentence: [Character]) -> Int? {
        guard sentence.count >= word.count else { return nil }
        return (0...(sentence.count - word.count)).last { sentence[$0..<($0 + word.count)].elementsEqual(word) }
    }

    /// The titles between 《 and 》, outermost ones, with the places of their marks.
    private static func marked(in text: ArraySlice<Character>) -> [(start: Int, end: Int, text: String)] {
        var titles: [(start: Int, end: Int, text: String)] = []
        var depth = 0
        var start = text.startIndex
        for place in text.indices {
            switch text[place] {
            case "《":
                if depth == 0 { start = place }
                depth += 1
            case "》" where depth > 0:
                depth -= 1
                if depth == 0 { titles.append((start, place + 1, String(text[(start + 1)..<place]))) }
            default: break
            }
        }
        return titles
    }

    /// Whether a text holds nothing but what stands in brackets, such as the number of a decree.
    private static func isAside(_ text: ArraySlice<Character>) -> Bool {
        var depth = 0
        for character in text {
            switch character {
            case "（", "(": depth += 1
            case "）", ")": depth -= 1
            case " ", "，": continue
            default: if depth <= 0 { return false }
            }
        }
        return true
    }
}
