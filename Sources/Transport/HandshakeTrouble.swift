import NIOSSL

/// What an error of the TLS layer means to an operator. Nil for errors that are not about TLS.
struct HandshakeTrouble: Equatable {
    enum Side: Equatable {
        /// We refused the peer.
        case here
        /// The peer sent an alert: it refused us, and its log says why.
        case peer
        /// Nobody refused anybody: the connection ended.
        case line
    }

    let side: Side
    let reason: String

    init?(_ error: any Error) {
        let tls: BoringSSLError
        switch error {
        case NIOSSLError.handshakeFailed(let inner): tls = inner
        case let direct as BoringSSLError: tls = direct
        case NIOSSLError.noCertificateToValidate:
            self.init(side: .here, reason: "the peer shows no certificate")
            return
        default: return nil
        }
        switch tls {
        case .sslError(let stack), .unknownError(let stack), .invalidSNIName(let stack), .failedToSetALPN(let stack):
            self.init(stack)
        case .syscallError, .zeroReturn:
            self.init(side: .line, reason: "the connection ended during the handshake")
        default: self.init(side: .here, reason: "TLS failed: \(tls)")
        }
    }

    private init(_ stack: NIOBoringSSLErrorStack) {
        if stack.contains(.eofDuringHandshake) || stack.contains(.eofDuringAdditionalCertficiateChainValidation) {
            self.init(side: .line, reason: "the peer hung up during the handshake")
            return
        }
        let tokens = stack.map { Self.token($0.description) }
        let token = tokens.first ?? "no reason given"
        let isAlert = token.contains("ALERT")
        let meaning = Self.meanings.first { token.hasSuffix($0.suffix) }?.text
        self.init(side: isAlert ? .peer : .here, reason: meaning.map { "\($0) (\(token))" } ?? "TLS failed: \(token)")
    }

    private init(side: Side, reason: String) {
        self.side = side
        self.reason = reason
    }

    /// The library's own name of the reason; what it says around it includes source paths of the machine that built it.
    private static func token(_ description: String) -> String {
        guard let marker = description.firstRange(of: "OPENSSL_internal:") else { return "unnamed reason" }
        return String(description[marker.upperBound...].prefix { !$0.isWhitespace })
    }

    private static let meanings: [(suffix: String, text: String)] = [
        ("ALERT_PROTOCOL_VERSION", "the peer refuses our version of TLS"),
        ("ALERT_CERTIFICATE_REQUIRED", "the peer wants a certificate and got none"),
        ("ALERT_CERTIFICATE_EXPIRED", "the peer says our certificate has expired"),
        ("ALERT_CERTIFICATE_UNKNOWN", "the peer refuses our certificate; its log says why"),
        ("ALERT_BAD_CERTIFICATE", "the peer refuses our certificate; its log says why"),
        ("ALERT_UNKNOWN_CA", "the peer does not know the issuer of our certificate"),
        ("ALERT_NO_APPLICATION_PROTOCOL", "the peer does not speak HTTP/2"),
        ("UNSUPPORTED_PROTOCOL", "the peer does not offer TLS 1.3"),
        ("WRONG_VERSION_NUMBER", "the peer does not speak TLS"),
        ("HTTP_REQUEST", "the peer does not speak TLS"),
        ("HTTPS_PROXY_REQUEST", "the peer does not speak TLS"),
        ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "the peer shows no certificate"),
        ("NO_APPLICATION_PROTOCOL", "the peer does not offer HTTP/2"),
        ("CERTIFICATE_VERIFY_FAILED", "the peer's certificate was refused"),
    ]
}
