import GRPCCore

/// The one gRPC method of a link, written down by hand because frames cross this target as bytes:
///
///     package tributary.v1;
///     service Link { rpc Exchange(stream Frame) returns (stream Frame); }
///
/// The child calls it once per connection; the call is the link, and ends with it.
enum LinkService {
    static let exchange = MethodDescriptor(
        fullyQualifiedService: "tributary.v1.Link", method: "Exchange", type: .bidirectionalStreaming)
}
