/// Every bound that a link keeps, in one place.
///
/// Both ends of a link are expected to run with the same `frameBytesMax`: a sender refuses its own longer frames, so a
/// receiver that sees one is talking to something else than Tributary.
package struct LinkLimits: Equatable, Sendable {
    /// Bytes of one frame. The largest legitimate frame is a batch of entries, which the protocol core cuts well below.
    package var frameBytesMax: Int

    /// Bytes that a peer may send ahead of our reading (the HTTP/2 flow control window). One mebibyte fills a line of
    /// 100 Mbit/s with 80 ms of round trip.
    package var windowBytes: Int

    /// Seconds without sign of life after which either side asks for one (an HTTP/2 PING).
    package var keepaliveSeconds: Int

    /// Seconds the peer has to answer before the link counts as lost. A half-open link is noticed within
    /// `keepaliveSeconds + keepaliveTimeoutSeconds` and the time to close it, `tlsCloseSeconds` at most.
    package var keepaliveTimeoutSeconds: Int

    /// Seconds from dialling until the link must stand; a listener gives each handshake as long.
    package var connectTimeoutSeconds: Int

    /// Seconds a peer has to take what was sent before `close()` and to hang up; then the link is cut.
    package var closeTimeoutSeconds: Int

    /// Connections that a listener holds at once, those in the handshake included. A large city has over 150 townships.
    package var linksMax: Int

    package init(
        frameBytesMax: Int = 1 << 20, windowBytes: Int = 1 << 20, keepaliveSeconds: Int = 20,
        keepaliveTimeoutSeconds: Int = 10, connectTimeoutSeconds: Int = 10, closeTimeoutSeconds: Int = 5,
        linksMax: Int = 512
    ) {
        precondition(frameBytesMax > 0 && frameBytesMax <= 1 << 30, "frameBytesMax is \(frameBytesMax)")
        precondition(windowBytes >= 65_535 && windowBytes <= 1 << 30, "windowBytes is \(windowBytes)")
        precondition(
            min(keepaliveSeconds, keepaliveTimeoutSeconds, connectTimeoutSeconds, closeTimeoutSeconds, linksMax) > 0,
            "limits of a link must be positive")
        self.frameBytesMax = frameBytesMax
        self.windowBytes = windowBytes
        self.keepaliveSeconds = keepaliveSeconds
        self.keepaliveTimeoutSeconds = keepaliveTimeoutSeconds
        self.connectTimeoutSeconds = connectTimeoutSeconds
        self.closeTimeoutSeconds = closeTimeoutSeconds
        self.linksMax = linksMax
    }

    /// Bytes of a gRPC message that is still received. What is declared longer is cut off on reading its length, before
    /// any of it is kept; between `frameBytesMax` and this there is room to refuse a peer in words it can read.
    var messageBytesMax: Int { 2 * frameBytesMax }

    /// Seconds to wait for the peer's half of the TLS farewell, which carries nothing.
    static let tlsCloseSeconds = 1

    /// The least time between two pings of a peer: below any `keepaliveSeconds`, above a flood.
    static let pingIntervalMilliseconds = 500
}
