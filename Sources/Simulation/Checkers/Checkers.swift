/// Everything that must hold of every world.
package enum Checkers {
    /// A fresh checker of each type. They have seen nothing of the world yet: whoever asked for them has them watch it,
    /// best before anything happens there.
    package static func all(for world: World) -> [any Checker] {
        let frames = FrameReader()
        let entries = EntryReader(tree: world.tree)
        return [
            ConvergenceChecker(), ChainChecker(reading: entries), AuthorshipChecker(), ScopeChecker(reading: frames),
            DurabilityChecker(), ResurrectionChecker(reading: entries), RowsChecker(reading: entries),
            BoundsChecker(reading: frames), LivenessChecker(), ScreensChecker(),
        ]
    }
}
