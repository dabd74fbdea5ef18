import Crypto
import Foundation
import SwiftASN1
import X509

/// The names of the files of an identity directory, and how each is read and written.
///
///     root.pem      the provincial root
///     chain.pem     the node's certificate, then the issuers above it, the root left out
///     key.pem       the node's key, for TLS and for seals; mode 0600
///     issuer.pem    where the node may issue: its issuer certificate, then the issuers above it, the root left out;
///                   at the province the root itself
///     issuer.key    the issuer's key; mode 0600
///     tokens.json   which tokens were made and used; mode 0600
///     tokens.lock   held while tokens.json is changed
struct IdentityDirectory {
    let path: String

    var rootFile: String { "\(path)/root.pem" }
    var chainFile: String { "\(path)/chain.pem" }
    var keyFile: String { "\(path)/key.pem" }
    var issuerFile: String { "\(path)/issuer.pem" }
    var issuerKeyFile: String { "\(path)/issuer.key" }
    var tokensFile: String { "\(path)/tokens.json" }
    var lockFile: String { "\(path)/tokens.lock" }

    var mayIssue: Bool { IdentityFiles.exists(issuerFile) || IdentityFiles.exists(issuerKeyFile) }

    /// All files of a new identity in one step; refused if the directory already holds anything.
    func create(
        root: String, chain: String, key: P256.Signing.PrivateKey,
        issuer: (chain: String, key: P256.Signing.PrivateKey)?
    ) throws(IdentityFault) {
        var files: [(name: String, bytes: [UInt8], mode: mode_t)] = [
            ("root.pem", Array(root.utf8), IdentityFiles.everyoneReads),
            ("chain.pem", Array(chain.utf8), IdentityFiles.everyoneReads),
            ("key.pem", Self.text(of: key), IdentityFiles.ownerOnly),
        ]
        if let issuer {
            files += [
                ("issuer.pem", Array(issuer.chain.utf8), IdentityFiles.everyoneReads),
                ("issuer.key", Self.text(of: issuer.key), IdentityFiles.ownerOnly),
                ("tokens.json", try Self.encode(TokenBook(), file: tokensFile), IdentityFiles.ownerOnly),
            ]
        }
        try IdentityFiles.createDirectory(path, files: files)
    }

    // MARK: Certificates and keys

    func readRoot() throws(IdentityFault) -> [UInt8] {
        let certificates = try readCertificates(rootFile)
        guard certificates.count == 1 else {
            throw malformed(rootFile, "holds \(certificates.count) certificates instead of one")
        }
        return certificates[0]
    }

    /// The DER encodings of the certificates in a PEM file, at least one.
    func readCertificates(_ file: String) throws(IdentityFault) -> [[UInt8]] {
        let text = try readText(file, secret: false)
        guard let certificates = PEM.certificates(text), !certificates.isEmpty else {
            throw malformed(file, "is not PEM text with certificates")
        }
        return certificates
    }

    func readKey(_ file: String) throws(IdentityFault) -> P256.Signing.PrivateKey {
        let text = try readText(file, secret: true)
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: text) else {
            throw malformed(file, "is not PEM text with a P-256 private key")
        }
        return key
    }

    private func readText(_ file: String, secret: Bool) throws(IdentityFault) -> String {
        let bytes = try IdentityFiles.read(file, secret: secret)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed(file, "is not text") }
        return text
    }

    func malformed(_ file: String, _ what: String) -> IdentityFault {
        IdentityFault(
            problem: .malformed, file: file, what: what,
            remedy: "restore it from a backup, or enrol this node anew with a fresh token")
    }

    func mismatched(_ file: String, _ what: String) -> IdentityFault {
        IdentityFault(
            problem: .mismatched, file: file, what: what,
            remedy: "restore all files of this directory from one backup, or enrol this node anew with a fresh token")
    }

    // MARK: Tokens

    func readTokens() throws(IdentityFault) -> TokenBook {
        let bytes = try IdentityFiles.read(tokensFile, secret: true)
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let book = try? decoder.decode(TokenBook.self, from: Data(bytes)) else {
            throw malformed(tokensFile, "is not a list of tokens")
        }
        guard book.format == TokenBook.formatKnown else {
            throw IdentityFault(
                problem: .malformed, file: tokensFile, what: "was written in format \(book.format), not known here",
                remedy: "use the program that wrote it, or a newer one")
        }
        return book
    }

    func writeTokens(_ book: TokenBook) throws(IdentityFault) {
        try IdentityFiles.replace(
            tokensFile, with: Self.encode(book, file: tokensFile), mode: IdentityFiles.ownerOnly)
    }

    private static func encode(_ book: TokenBook, file: String) throws(IdentityFault) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(book) else {
            throw IdentityFault(
                problem: .malformed, file: file, what: "could not be put into JSON", remedy: "report this as a fault")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    private static func text(of key: P256.Signing.PrivateKey) -> [UInt8] { Array((key.pemRepresentation + "\n").utf8) }
}

/// PEM texts (RFC 7468) of certificates.
enum PEM {
    private static let certificateLabel = "CERTIFICATE"

    static func text(_ certificates: [[UInt8]]) -> String {
        certificates.map { PEMDocument(type: certificateLabel, derBytes: $0).pemString + "\n" }.joined()
    }

    /// The DER encodings in the text, none of them looked into; nil if the text is no PEM or holds something else.
    static func certificates(_ text: String) -> [[UInt8]]? {
        guard let documents = try? PEMDocument.parseMultiple(pemString: text),
            documents.allSatisfy({ $0.discriminator == certificateLabel })
        else { return nil }
        return documents.map(\.derBytes)
    }
}
