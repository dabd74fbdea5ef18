/// Everything that must hold of every world.
package enum Checkers {
    /// What they are called, in the order in which they are asked.
    package static let names = [
        "convergence", "chain", "authorship", "scope", "durability", "resurrection", "rows", "bounds", "liveness",
        "screens",
    ]

    /// Those of stories in which cases are worked on.
    package static let caseworkNames = ["review", "agreement"]

    /// A fresh checker of each type. They have seen nothing of the world yet: whoever asked for them has them watch it,
    /// best before anything happens there.
    package static func all(for world: World) -> [any Checker] {
        let frames = FrameReader()
        let entries = EntryReader(tree: world.tree)
        let reading = CaseReading(reading: entries)
        let casework: [any Checker] =
            world.casework == nil ? [] : [ReviewChecker(reading: reading), AgreementChecker(reading: reading)]
        return [
            ConvergenceChecker(), ChainChecker(reading: entries), AuthorshipChecker(), ScopeChecker(reading: frames),
            DurabilityChecker(), ResurrectionChecker(reading: entries), RowsChecker(reading: entries),
            BoundsChecker(reading: frames), LivenessChecker(), ScreensChecker(),
        ] + casework
    }
}
