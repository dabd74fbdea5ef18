extension Console {
    /// Every part of the console, in the order of its navigation.
    static let sections: [Section] = [
        WorkPages.section,
        CasePages.section,
        ConflictPages.section,
        AccessPages.section,
    ]
}
