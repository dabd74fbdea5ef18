/// Writes rows that ``CSVReader`` and any other reader of RFC 4180 reads back as they were.
package enum CSVWriter {
    /// One row with its line end, a line feed.
    package static func row(_ fields: [String]) -> String {
        // An empty line is no row, so a single empty field has to be quoted.
        if fields == [""] { return "\"\"\n" }
        return fields.map(quotedIfNeeded).joined(separator: ",") + "\n"
    }

    private static func quotedIfNeeded(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { byte in
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: true
            default: false
            }
        }
        // At the very start of a file a byte order mark that is text would be taken for the mark.
        guard needsQuotes || field.utf8.starts(with: [0xEF, 0xBB, 0xBF]) else { return field }
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in field.utf8 {
            quoted.append(byte)
            if byte == UInt8(ascii: "\"") { quoted.append(byte) }
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }
}
