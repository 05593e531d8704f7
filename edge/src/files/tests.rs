use super::*;
use std::os::unix::fs::MetadataExt as _;

#[test]
fn a_private_file_is_whole_and_private() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret.txt");
    assert_eq!(read_private(&path, 10).unwrap(), None);
    fs::write(dir.path().join("secret.new"), "half").unwrap();
    write_private(&path, b"whole").unwrap();
    assert_eq!(read_private(&path, 10).unwrap().as_deref(), Some("whole"));
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(read_private(&path, 4).is_err());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    read_private(&path, 10).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn either_copy_brings_back_the_other() {
    let read = |text: &str| (text.trim() == "whole").then_some(());
    type Change = fn(&Path);
    let rows: [(&str, Change, Kept<()>); 9] = [
        ("both there", |_| {}, Kept::Whole(())),
        (
            "first empty",
            |p| fs::write(p, "").unwrap(),
            Kept::Whole(()),
        ),
        (
            "first half",
            |p| fs::write(p, "who").unwrap(),
            Kept::Whole(()),
        ),
        (
            "first binary",
            |p| fs::write(p, [255; 40]).unwrap(),
            Kept::Whole(()),
        ),
        (
            "first gone",
            |p| fs::remove_file(p).unwrap(),
            Kept::Whole(()),
        ),
        (
            "second empty",
            |p| fs::write(second(p), "").unwrap(),
            Kept::Whole(()),
        ),
        (
            "second gone",
            |p| fs::remove_file(second(p)).unwrap(),
            Kept::Whole(()),
        ),
        (
            "both empty",
            |p| {
                fs::write(p, "").unwrap();
                fs::write(second(p), "").unwrap();
            },
            Kept::Broken,
        ),
        (
            "both gone",
            |p| {
                fs::remove_file(p).unwrap();
                fs::remove_file(second(p)).unwrap();
            },
            Kept::Nothing,
        ),
    ];
    for (name, change, expected) in rows {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("device.key");
        keep_private(&path, b"whole\n").unwrap();
        change(&path);
        let found = read_kept(&path, 20, read).unwrap();
        assert_eq!(found, expected, "{name}");
        if expected == Kept::Whole(()) {
            assert_eq!(fs::read(&path).unwrap(), b"whole\n", "{name}");
            assert_eq!(fs::read(second(&path)).unwrap(), b"whole\n", "{name}");
        }
    }
}

/// A sector that cannot be read, in either copy or in both.
#[test]
fn one_unreadable_copy_is_made_anew_from_the_other() {
    let read = |text: &str| (text.trim() == "whole").then_some(());
    let rows: [(&str, &[&str], Option<&str>, bool); 6] = [
        ("first", &["device.key"], None, true),
        ("second", &["device.key.kept"], None, true),
        ("both", &["device.key", "device.key.kept"], None, false),
        (
            "first, second half",
            &["device.key"],
            Some("device.key.kept"),
            false,
        ),
        (
            "second, first half",
            &["device.key.kept"],
            Some("device.key"),
            false,
        ),
        ("none", &[], None, true),
    ];
    for (name, unreadable, half, whole) in rows {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("device.key");
        keep_private(&path, b"whole\n").unwrap();
        if let Some(half) = half {
            fs::write(dir.path().join(half), "who").unwrap();
        }
        let before = |name: &str| fs::metadata(dir.path().join(name)).unwrap().ino();
        let inodes: Vec<u64> = unreadable.iter().map(|name| before(name)).collect();
        let read_copy = |path: &Path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            match unreadable.contains(&name) {
                true => Err(io::Error::from_raw_os_error(5)),
                false => read_private(path, 20),
            }
        };
        let found = read_kept_by(&path, &read_copy, read);
        assert_eq!(found.is_ok(), whole, "{name}");
        let after: Vec<u64> = unreadable.iter().map(|name| before(name)).collect();
        match whole {
            true => {
                assert_eq!(found.unwrap(), Kept::Whole(()), "{name}");
                assert_eq!(fs::read(&path).unwrap(), b"whole\n", "{name}");
                assert_eq!(fs::read(second(&path)).unwrap(), b"whole\n", "{name}");
                assert!(
                    inodes.iter().zip(&after).all(|(a, b)| a != b),
                    "{name}: anew"
                );
            }
            false => assert_eq!(inodes, after, "{name}: left as it was"),
        }
    }
}

#[test]
fn one_process_holds_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a/b");
    let held = hold_directory(&data).unwrap();
    assert!(hold_directory(&data).is_err());
    drop(held);
    hold_directory(&data).unwrap();
}
