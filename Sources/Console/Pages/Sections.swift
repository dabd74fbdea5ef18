extension Console {
    /// Every part of the console, in the order of its navigation.
    static let sections: [Section] = [
        WorkPages.section,
        CasePages.section,
        ConflictPages.section,
        StatutePages.section,
        ItemPages.section,
        BodyPages.section,
        OfficerPages.section,
        FieldPages.section,
        SupervisionPages.section,
        OperationPages.section,
        NetworkPages.section,
        PublicPages.section,
        ViewPages.section,
        AccessPages.section,
    ]
}
