/// Prometheus' text exposition format, version 0.0.4.
enum MetricsText {
    static func render(_ families: [String: MetricsRegistry.Family], helps: [String: String]) -> String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let help = helps[name] { text += "# HELP \(name) \(escaped(help, quotes: false))\n" }
            text += "# TYPE \(name) \(family.type.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                for sample in series.samples { text += line(name, labels, sample) }
            }
        }
        return text
    }

    private static func line(_ name: String, _ labels: [MetricLabel], _ sample: MetricSample) -> String {
        let all = labels + [sample.label].compactMap { $0 }
        let inner = all.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
        return "\(name)\(sample.suffix)\(inner.isEmpty ? "" : "{\(inner)}") \(number(sample.value))\n"
    }

    /// A label of swift-metrics as a name that Prometheus takes: letters, digits and underscores, no digit first.
    static func name(_ label: String) -> String {
        var name = ""
        for scalar in label.unicodeScalars {
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            name.unicodeScalars.append(isPlain ? scalar : "_")
        }
        guard let first = name.unicodeScalars.first else { return "_" }
        return first.properties.isAlphabetic || first == "_" ? name : "_" + name
    }

    /// Whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
