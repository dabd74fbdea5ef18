import Replication

/// Decodes each frame once for all who look on at the same time.
final class FrameReader {
    private var frame: [UInt8] = []
    private var view: FrameView?

    /// - Returns: `nil` for bytes that are no frame.
    func view(of frame: [UInt8]) -> FrameView? {
        if frame != self.frame { (self.frame, view) = (frame, FrameView(frame)) }
        return view
    }
}
