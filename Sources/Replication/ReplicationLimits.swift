/// Every bound of the protocol in one place; the sizes are bytes, the delays milliseconds.
package enum ReplicationLimits {
    /// The versions of the protocol this release speaks.
    package static let protocols: ClosedRange<UInt32> = 1...3
    /// The first version that knows evidence files.
    static let protocolWithFiles: UInt32 = 2
    /// The first version that knows reports of nodes.
    static let protocolWithReports: UInt32 = 3
    /// The largest frame either side takes: the proof of a fork, two seal runs with room for their frame.
    package static let frameBytesMax = 9_437_184
    /// A batch on a fast line and on the slowest: the urgent lane waits for at most one of them.
    package static let batchBytesMax = 262_144
    package static let batchBytesMin = 8_192
    /// What may be unreceived on one link: two seconds of the line as measured, within these bounds.
    package static let windowMilliseconds: UInt64 = 2_000
    package static let windowBytesMin = 16_384
    package static let windowBytesStart = 65_536
    package static let windowBytesMax = 4_194_304
    /// Received but not yet durable: a run is durable only once its seal is here.
    package static let unsealedBytesMax = 2 * 4_194_304
    /// Links one node accepts: a large city has over 150 townships, and each may hold two while it turns.
    package static let linksMax = 512
    /// Expansions in one comparison frame: with 16 children of some 60 bytes each it stays under 64 KiB.
    package static let expansionsPerFrameMax = 64
    /// Streams under one place of the trie that are listed instead of split.
    package static let leavesPerBucketMax = 16
    /// Leaves, and replies to them, in one comparison frame.
    package static let repliesPerFrameMax = 4_096
    /// Comparison turns of one session: the trie is at most 64 digits deep, the tree 5 levels, each wide turn is split.
    package static let comparisonTurnsMax = 100_000
    /// Places one side has still to show: a million streams that all differ are some 70,000.
    package static let comparisonPlacesMax = 262_144
    /// How often one stream is rewound in one session before it is left to the next.
    package static let rewindsPerStreamMax = 3
    /// Records recomputed in one step.
    package static let recomputedPerStepMax = 64
    /// Pages of the log passed over in one step because the peer needs nothing of them.
    package static let emptyPagesPerStepMax = 16
    package static let greetingMilliseconds: UInt64 = 10_000
    /// A dial that has led to nothing by then has failed, whatever became of it.
    package static let dialMilliseconds: UInt64 = 30_000
    /// Without an acknowledgement for this long, a link with batches in flight is given up.
    package static let stallMilliseconds: UInt64 = 60_000
    package static let retryMillisecondsMin: UInt64 = 500
    package static let retryMillisecondsMax: UInt64 = 60_000
    /// A link that streamed for this long was no failure, whatever ended it.
    package static let steadyMilliseconds: UInt64 = 10_000
    /// Failures in a row before the next ancestor is tried as well.
    package static let failuresBeforeFallback = 2
    /// A writer's stamp this far ahead of our clock is reported.
    package static let clockAheadMilliseconds: UInt64 = 300_000
    /// Process nonces remembered for one division.
    package static let noncesPerDivisionMax = 8

    // Evidence files.

    /// The largest file: an hour of video as body cameras record it, or its parts. Its tree has 15 levels.
    package static let fileBytesMax: UInt64 = 2_147_483_648
    /// A file is checked and resumed by chunks of this size, the last one shorter.
    package static let fileChunkBytes = 65_536
    /// Digests that lead from a chunk to the root of the largest file.
    package static let fileProofMax = 15
    /// Chunks asked for at once, so that whoever gives up is not sent a whole file.
    package static let fileChunksPerAskMax: UInt32 = 16
    /// Files that one link brings at the same time, and answers with.
    package static let filesPerLinkMax = 2
    package static let filesServedPerLinkMax = 8
    /// Missing files kept in memory; those beyond are counted, and found again later.
    package static let filesWantedMax = 65_536
    /// Records looked through for missing files in one step, after a start.
    package static let filesScannedPerStepMax = 128
    /// Records remembered that name one missing file: any of them may be the one that a neighbour holds as well.
    package static let recordsPerFileMax = 4
    /// Files a neighbour asked for in vain that it will be told of.
    package static let filesAskedInVainMax = 4_096
    /// Wrong chunks from one office until no file is asked of it as long as this process lives.
    package static let wrongChunksMax = 3
    /// An ask without any answer for this long is passed on to the next neighbour: files stand behind everything else.
    package static let fileAnswerMilliseconds: UInt64 = 120_000
    /// How long a file rests that no neighbour had, doubled each time.
    package static let fileRestMillisecondsMin: UInt64 = 30_000
    package static let fileRestMillisecondsMax: UInt64 = 1_800_000
    /// How long no file is fetched after the place for files could not be written.
    package static let filesPausedMilliseconds: UInt64 = 60_000

    // Reports of nodes.

    /// Between two reports over one link: what people look at may be as old, once a level.
    package static let reportMilliseconds: UInt64 = 30_000
    /// How long one waits after what it tells, so that it comes after the entries and tells all that goes with them.
    static let reportDelayMilliseconds: UInt64 = 1_000
    /// Between two reports where one was not enough.
    static let reportRestMilliseconds: UInt64 = 2_000
    /// Nodes in one report on the slowest line, and on a fast one: some 180 bytes each, so that what is urgent waits for
    /// less than two tenths of a second on 64 kbit/s.
    static let reportNodesMin = 8
    static let reportNodesMax = 64
    /// A time that moved by no more was the line's or a clock's tremble and is no news.
    static let reportTrembleMilliseconds: Int64 = 5_000
    /// Two digests that differ and have not moved for this long differ for good: four reports through four levels.
    static let reportSettleMilliseconds: UInt64 = 120_000
    /// Differences looked at again in one step.
    static let reportChecksPerStepMax = 64
}
