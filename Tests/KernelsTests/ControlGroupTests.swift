import Kernels
import Testing

@Suite struct ControlGroupTests {
  static let first = """
    9:name=systemd:/
    4:memory:/pods/a:b
    2:cpuacct:/
    1:cpu,cpuset:/kubepods/burstable/pod7
    0::/

    """

  private static func paths(_ controller: String, _ text: String) -> [String] {
    ControlGroup.folders(of: controller, in: text).map {
      ($0.isUnified ? "2 " : "1 ") + $0.path
    }
  }

  @Test func aGroupComesWithThoseAboveIt() {
    #expect(
      Self.paths("cpu", Self.first) == [
        "1 /sys/fs/cgroup/cpu", "1 /sys/fs/cgroup/cpu/kubepods/burstable/pod7",
        "1 /sys/fs/cgroup/cpu/kubepods/burstable", "1 /sys/fs/cgroup/cpu/kubepods",
        "2 /sys/fs/cgroup",
      ])
    #expect(
      Self.paths("memory", Self.first) == [
        "1 /sys/fs/cgroup/memory", "1 /sys/fs/cgroup/memory/pods/a:b",
        "1 /sys/fs/cgroup/memory/pods", "2 /sys/fs/cgroup",
      ])
  }

  @Test func versionTwoHasOneTree() {
    for controller in ["cpu", "memory"] {
      #expect(
        Self.paths(controller, "0::/user.slice/run-1.scope\n") == [
          "2 /sys/fs/cgroup", "2 /sys/fs/cgroup/user.slice/run-1.scope",
          "2 /sys/fs/cgroup/user.slice",
        ])
    }
  }

  /// What is above a container's namespace is shown so; there is no such folder.
  @Test func aPathOutsideIsHarmless() throws {
    let folders = ControlGroup.folders(of: "cpu", in: "0::/../../other\n")
    let root = try #require(folders.first)
    #expect(root.path == "/sys/fs/cgroup")
    #expect(folders.allSatisfy { $0.read("no such file") == nil })
  }

  @Test(arguments: ["", "nonsense", "1:cpu", "3:cpuacct:/", "::", "a:cpuset:/x"])
  func linesOfOthersArePassedOver(text: String) {
    #expect(ControlGroup.folders(of: "cpu", in: text).isEmpty)
  }
}
