import Console
import Foundation
import Libraries

/// The addresses of the console that the bench knows: every page's, and for pages of one record as many as it has
/// found in links or been given.
struct ConsoleBenchSite: Sendable {
    let addresses: [ConsoleAddress]
    /// By path with parameters in braces; in the order in which they were found.
    private(set) var known: [String: [String]] = [:]
    private var seen: Set<String> = []
    /// Forms that look for something: their page, and the target up to the words.
    private(set) var searches: [String: Set<String>] = [:]

    private static let knownMax = 4_000

    init() {
        addresses = ConsoleAddress.all
        for address in addresses where !address.path.contains("{") { known[address.path] = [address.path] }
    }

    /// - Parameter target: a path, with its query.
    mutating func add(_ target: String) {
        let plain = String(target.prefix { $0 != "#" })
        guard let address = address(of: plain), known[address.path, default: []].count < Self.knownMax,
            seen.insert(plain).inserted
        else { return }
        if known[address.path]?.contains(plain) != true { known[address.path, default: []].append(plain) }
    }

    /// Whose address it is: of several that fit, the one with the most words of its own.
    func address(of target: String) -> ConsoleAddress? {
        let path = target.prefix { $0 != "?" }
        let parts = path.split(separator: "/")
        return addresses.filter { Self.fits($0.path, parts) }.max { Self.parameters($0) > Self.parameters($1) }
    }

    private static func fits(_ pattern: String, _ parts: [Substring]) -> Bool {
        let words = pattern.split(separator: "/")
        return words.count == parts.count && zip(words, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }

    private static func parameters(_ address: ConsoleAddress) -> Int { address.path.count { $0 == "{" } }

    /// Takes up the links and the searches of a page.
    mutating func read(_ page: String, at target: String) {
        for piece in page.split(separator: "href=\"").dropFirst() {
            let link = piece.prefix { $0 != "\"" }.replacing("&amp;", with: "&")
            if link.hasPrefix("/") { add(String(link)) }
        }
        for form in page.split(separator: "<form").dropFirst() {
            let text = form.prefix(upTo: form.firstRange(of: "</form>")?.lowerBound ?? form.endIndex)
            guard !text.contains("method=\"post\""), let field = Self.searchField(text) else { continue }
            let own = String(target.prefix { $0 != "?" && $0 != "#" })
            let path = Self.attribute("action", of: text) ?? own
            guard let address = address(of: path) else { continue }
            searches[address.path, default: []].insert("\(path)?\(field)=")
        }
    }

    private static func searchField(_ form: Substring) -> String? {
        form.split(separator: "<input").dropFirst().lazy.compactMap { input -> String? in
            let tag = input.prefix { $0 != ">" }
            return tag.contains("type=\"search\"") || tag.contains("name=\"q\"") ? attribute("name", of: tag) : nil
        }.first
    }

    private static func attribute(_ name: String, of text: Substring) -> String? {
        guard let start = text.firstRange(of: "\(name)=\"")?.upperBound else { return nil }
        let value = text[start...].prefix { $0 != "\"" }
        return value.isEmpty ? nil : String(value)
    }

    /// Something to open on a page; a search a third of the time where it has one.
    func target(of address: ConsoleAddress, words: [String], _ chance: inout SplitMix64) -> String? {
        if let searches = searches[address.path]?.sorted(), !words.isEmpty, chance.below(3) == 0 {
            return searches[chance.below(searches.count)] + Self.encoded(words[chance.below(words.count)])
        }
        guard let known = known[address.path], !known.isEmpty else { return nil }
        return known[chance.below(known.count)]
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
