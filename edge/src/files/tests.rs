use super::*;

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

#[test]
fn one_process_holds_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a/b");
    let held = hold_directory(&data).unwrap();
    assert!(hold_directory(&data).is_err());
    drop(held);
    hold_directory(&data).unwrap();
}
