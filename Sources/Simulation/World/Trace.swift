import Crypto

/// One digest over all that happened: two runs that differ anywhere differ here.
struct Trace {
    /// What is taken into account; the raw value goes into the digest.
    enum Kind: UInt8 {
        case start = 1
        case stop, frame, commit, link, answer
    }

    private var hash = SHA256()

    mutating func note(_ kind: Kind, at time: UInt64, _ machine: Int, _ number: UInt64, _ bytes: [UInt8] = []) {
        var head: [UInt8] = [kind.rawValue]
        head.reserveCapacity(25)
        for word in [time, UInt64(machine), number] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                head.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        hash.update(data: head)
        if !bytes.isEmpty { hash.update(data: bytes) }
    }

    /// What has happened so far, in hexadecimal.
    var digest: String { TraceDigest.hexadecimal(hash.finalize()) }
}

/// One digest for the traces of many runs.
package enum TraceDigest {
    package static func of(_ traces: [String]) -> String {
        hexadecimal(SHA256.hash(data: Array(traces.joined(separator: "\n").utf8)))
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
