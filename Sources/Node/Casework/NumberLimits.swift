/// Bounds of numbering.
enum NumberLimits {
    /// Numbers asked for at once: a fortnight of a busy county bureau, and no more than a year end leaves unused.
    static let blockCount = 50
    /// More are asked for when fewer are left: what an office writes in a week without a line.
    static let fewLeft = 15
    /// Divisions without a node of their own whose bodies are stocked before anybody asks.
    static let hostedDivisionsMax = 64
    /// How often the day is looked at although nothing changed.
    static let lookSeconds = 900
    /// Between two passes, however much changes.
    static let pauseMilliseconds = 200
}
