import ArgumentParser
import Divisions
import Foundation
import Node

/// `--data DIR`
struct DataOption: ParsableArguments {
    @Option(help: ArgumentHelp("节点的数据目录 · The node's data directory.", valueName: "dir"))
    var data: String

    var directory: DataDirectory { DataDirectory(path: data) }
    var identity: String { directory.identityDirectory }

    /// The directory, which is made if it is not there, for this account alone.
    func made() throws(CommandFailure) -> DataDirectory {
        if !Files.exists(data) { try Files.makeDirectory(data, mode: 0o700) }
        return directory
    }

    /// Where a new identity goes.
    func newIdentity() throws(CommandFailure) -> String { try made().identityDirectory }

    /// The store's file, which must be there.
    func existingStore() throws(CommandFailure) -> String {
        guard Files.exists(directory.storeFile) else {
            throw CommandFailure(
                .noInput, "\(directory.storeFile): there is no store here; is --data the node's data directory?")
        }
        return directory.storeFile
    }
}

/// `--topology FILE`
struct TopologyOption: ParsableArguments {
    @Option(help: ArgumentHelp("机构树文件 · The topology file.", valueName: "file"))
    var topology: String

    func tree() throws(CommandFailure) -> DivisionTree { try Files.topology(topology) }
}
