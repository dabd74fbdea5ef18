/// How the bounds of each benchmark set are read, as the text of the rule set `benchmark-sets`: one set a line,
/// `name,upper-excluded` or `name,both-included`; lines that begin with `#` are passed over.
package struct BenchmarkSets: Hashable, Sendable {
    package static let id = "benchmark-sets"

    private var bounds: [String: Benchmark.Bounds] = [:]

    /// Lines that say neither are passed over.
    package init(_ text: some StringProtocol) {
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let comma = line.lastIndex(of: ","),
                let found = Benchmark.Bounds(rawValue: String(line[line.index(after: comma)...]))
            else { continue }
            bounds[String(line[..<comma])] = found
        }
    }

    package subscript(set: String) -> Benchmark.Bounds? { bounds[set] }
}
