//! `scripts/install-gateway` on a machine that is a folder.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const SETTINGS: &str = "etc/volta-gateway.env";
const UNIT: &str = "etc/systemd/system/volta-gateway.service";
const BOOT: &str = "boot/firmware/config.txt";
/// As somebody left it: a section of one model at the end, and no newline behind it.
const BOOT_BEFORE: &str = "dtparam=audio=on\n[pi4]\narm_boost=1";

struct Machine {
    dir: TempDir,
}

/// Where, of what kind and with what in it; the inode shows what was written anew.
type Tree = BTreeMap<PathBuf, (u32, Vec<u8>, u64)>;

impl Machine {
    fn raspberry_pi() -> Self {
        let machine = Self::plain();
        machine.write(BOOT, BOOT_BEFORE);
        machine
    }

    fn plain() -> Self {
        let machine = Self {
            dir: tempfile::tempdir().expect("a folder of our own"),
        };
        machine.write("new/volta-gateway", "the first version");
        machine
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    fn write(&self, path: &str, text: &str) {
        let path = match path.strip_prefix("new/") {
            Some(name) => self.dir.path().join(name),
            None => self.root().join(path),
        };
        fs::create_dir_all(path.parent().expect("a folder of our own"))
            .expect("a folder of our own");
        fs::write(path, text).expect("a folder of our own");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect("a folder of our own")
    }

    fn mode(&self, path: &str) -> u32 {
        let found = fs::metadata(self.root().join(path)).expect("a folder of our own");
        found.permissions().mode() & 0o777
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/install-gateway");
        Command::new(script)
            .arg("--root")
            .arg(self.root())
            .args(arguments)
            .output()
            .expect("a folder of our own")
    }

    /// What it said.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {complaint}");
        String::from_utf8(output.stdout).expect("a folder of our own")
    }

    fn install(&self) -> String {
        let binary = self.dir.path().join("volta-gateway");
        self.done(&["--binary", binary.to_str().expect("a folder of our own")])
    }

    fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        collect(&self.root(), &self.root(), &mut tree);
        tree
    }
}

fn collect(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).expect("a folder of our own") {
        let path = entry.expect("a folder of our own").path();
        if path.is_dir() {
            collect(root, &path, tree);
            continue;
        }
        let found = fs::metadata(&path).expect("a folder of our own");
        let key = path
            .strip_prefix(root)
            .expect("a folder of our own")
            .to_path_buf();
        tree.insert(
            key,
            (
                found.mode(),
                fs::read(&path).expect("a folder of our own"),
                found.ino(),
            ),
        );
    }
}

fn names(tree: &Tree) -> Vec<&str> {
    tree.keys()
        .map(|path| path.to_str().expect("a folder of our own"))
        .collect()
}

#[test]
fn a_second_run_writes_nothing() {
    let machine = Machine::raspberry_pi();
    let said = machine.install();
    assert!(
        said.contains("wrote    /usr/local/bin/volta-gateway"),
        "{said}"
    );
    assert!(said.contains("reboot once"), "{said}");
    let first = machine.tree();
    assert_eq!(
        names(&first),
        [
            BOOT,
            "boot/firmware/config.txt.before-volta",
            "etc/systemd/journald.conf.d/50-volta-gateway.conf",
            UNIT,
            "etc/systemd/system.conf.d/50-volta-gateway.conf",
            "etc/udev/rules.d/60-volta-gateway.rules",
            SETTINGS,
            "usr/local/bin/volta-gateway",
        ]
    );
    assert_eq!(machine.mode(SETTINGS), 0o600, "it may hold a one-time code");
    assert_eq!(machine.mode("var/lib/volta-gateway"), 0o700);
    assert_eq!(machine.mode("usr/local/bin/volta-gateway"), 0o755);
    let said = machine.install();
    assert!(
        !said.contains("wrote") && !said.contains("reboot"),
        "{said}"
    );
    assert_eq!(machine.tree(), first);
}

#[test]
fn an_update_takes_the_binary_and_leaves_the_settings() {
    let machine = Machine::raspberry_pi();
    machine.install();
    machine.write(SETTINGS, "VOLTA_GATEWAY_BAYS=1:slot\n");
    machine.write("new/volta-gateway", "the second version");
    machine.write(UNIT, "[Service]\nWatchdogSec=0\n");
    machine.install();
    assert_eq!(
        machine.read("usr/local/bin/volta-gateway"),
        "the second version"
    );
    assert_eq!(machine.read(SETTINGS), "VOLTA_GATEWAY_BAYS=1:slot\n");
    assert!(machine.read(UNIT).contains("WatchdogSec=20"));
    // As a power cut leaves it.
    machine.write(SETTINGS, "");
    machine.install();
    assert!(machine.read(SETTINGS).contains("VOLTA_GATEWAY_CLOUD_URL="));
}

#[test]
fn the_boot_settings_are_every_models_and_come_once() {
    let machine = Machine::raspberry_pi();
    machine.install();
    machine.install();
    let text = machine.read(BOOT);
    let ours = text
        .strip_prefix(BOOT_BEFORE)
        .expect("nothing of theirs is touched");
    let settings: Vec<&str> = ours
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(
        settings,
        [
            "[all]",
            "dtparam=spi=on",
            "dtoverlay=spi1-1cs",
            "dtparam=strict_gpiod"
        ]
    );
    assert_eq!(
        machine.read("boot/firmware/config.txt.before-volta"),
        BOOT_BEFORE
    );

    // A block without its end would swallow what somebody wrote behind it.
    let torn = text.replace("# end volta-gateway", "gpu_mem=16");
    machine.write(BOOT, &torn);
    let refused = machine.run(&["--uninstall"]);
    assert!(!refused.status.success());
    assert_eq!(machine.read(BOOT), torn);

    let elsewhere = Machine::plain();
    assert!(elsewhere.install().contains("no Raspberry Pi"));
    assert!(!elsewhere.root().join(BOOT).exists());
}

#[test]
fn a_file_with_windows_line_ends_gets_the_block_once_and_loses_it() {
    let machine = Machine::raspberry_pi();
    machine.install();
    let windows = machine.read(BOOT).replace('\n', "\r\n");
    machine.write(BOOT, &windows);
    let said = machine.install();
    assert!(
        said.contains("kept     /boot/firmware/config.txt"),
        "{said}"
    );
    assert_eq!(machine.read(BOOT), windows);
    machine.done(&["--uninstall"]);
    let left = machine.read(BOOT).replace('\r', "");
    assert_eq!(left.trim_end(), BOOT_BEFORE);
}

#[test]
fn a_bare_name_is_the_file_here_whatever_the_path_holds() {
    let machine = Machine::raspberry_pi();
    machine.write("new/true", "a gateway that was named unluckily");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/install-gateway");
    let installed = Command::new(script.canonicalize().unwrap())
        .current_dir(machine.dir.path())
        .args(["--binary", "true", "--root"])
        .arg(machine.root())
        .output()
        .unwrap();
    assert!(installed.status.success());
    assert_eq!(
        machine.read("usr/local/bin/volta-gateway"),
        "a gateway that was named unluckily"
    );
}

#[test]
fn uninstalling_leaves_the_data_and_purging_nothing() {
    let machine = Machine::raspberry_pi();
    let before = names(&machine.tree()).join(" ");
    machine.install();
    machine.write("var/lib/volta-gateway/journal.db", "what happened here");
    let drop_in = "etc/systemd/system/volta-gateway.service.d/override.conf";
    machine.write(drop_in, "[Service]\nReadWritePaths=/srv\n");
    machine.done(&["--uninstall"]);
    let left = machine.tree();
    assert_eq!(
        names(&left),
        [BOOT, drop_in, SETTINGS, "var/lib/volta-gateway/journal.db"]
    );
    assert_eq!(machine.read(BOOT).trim_end(), BOOT_BEFORE);
    machine.done(&["--uninstall", "--purge"]);
    assert_eq!(names(&machine.tree()).join(" "), before);
    machine.done(&["--uninstall", "--purge"]);
}

#[test]
fn what_it_does_not_understand_it_refuses() {
    let machine = Machine::raspberry_pi();
    let before = machine.tree();
    for (arguments, way_out) in [
        (vec!["--frobnicate"], "--help"),
        (vec!["--purge"], "--uninstall"),
        (
            vec!["--binary", "/nowhere/volta-gateway"],
            "/nowhere/volta-gateway",
        ),
        (vec!["--binary"], "--binary"),
    ] {
        let output = machine.run(&arguments);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(complaint.contains(way_out), "{arguments:?}: {complaint}");
    }
    assert_eq!(machine.tree(), before);
}

#[test]
fn systemd_understands_the_unit() {
    let machine = Machine::raspberry_pi();
    machine.install();
    let unit = machine.read(UNIT);
    // Else a gateway that was killed too often in a row would stay down.
    assert!(unit.contains("\nStartLimitIntervalSec=0\n") && unit.contains("\nRestart=always\n"));
    // Lost settings are said on the page, which so has an address.
    let listen = unit.find("\nEnvironment=VOLTA_GATEWAY_LISTEN=0.0.0.0:8101\n");
    let settings = unit.find("\nEnvironmentFile=-/etc/volta-gateway.env\n");
    assert!(listen.is_some() && listen < settings, "{unit}");
    for line in [
        "DeviceAllow=char-ttyUSB r",
        "DeviceAllow=char-ttyACM r",
        "SupplementaryGroups=gpio spi input dialout",
        "LimitNOFILE=8192",
    ] {
        assert!(unit.contains(&format!("\n{line}\n")), "{line}");
    }
    // The programs are not on this machine, and verifying asks for them.
    let here = machine.dir.path().join("volta-gateway.service");
    fs::write(
        &here,
        unit.replace("/usr/local/bin/volta-gateway", "/bin/true"),
    )
    .unwrap();
    let analysed = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&here)
        .output();
    let Ok(analysed) = analysed else {
        eprintln!("no systemd-analyze on this machine: the unit is not verified");
        return;
    };
    let complaint = String::from_utf8_lossy(&analysed.stderr).into_owned();
    let about_ours: Vec<&str> = complaint
        .lines()
        .filter(|line| line.contains("volta-gateway"))
        .collect();
    assert!(about_ours.is_empty(), "{about_ours:#?}");
}
