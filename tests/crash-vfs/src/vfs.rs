//! SQLite's side: its file system interface, version 1, over the disk in memory.
//!
//! No shared memory and no locks: one connection at a time, which must ask for
//! `locking_mode=EXCLUSIVE` before its first use of a write-ahead log. No device characteristic is
//! claimed, so SQLite trusts nothing but a sync.

use crate::sea::Sea;
use rusqlite::ffi;
use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_void};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Shared = Mutex<Sea>;

const PATH_BYTES_MAX: c_int = 512;

/// What SQLite keeps for each open file: its own part first, as it demands.
#[repr(C)]
struct OpenFile {
    base: ffi::sqlite3_file,
    sea: *const Shared,
    file: u64,
    /// Its name is as new as it is: the first sync makes both durable, as SQLite's own file system
    /// does.
    new: bool,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// Makes a file system over `sea` known to SQLite, for the rest of the process. Answers its name.
pub(crate) fn register(sea: Arc<Shared>) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = format!("crash-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let name_for_sqlite = CString::new(name.clone()).expect("a name has no NUL");
    let vfs = Box::new(ffi::sqlite3_vfs {
        iVersion: 1,
        szOsFile: c_int::try_from(size_of::<OpenFile>()).expect("a small struct"),
        mxPathname: PATH_BYTES_MAX,
        pNext: ptr::null_mut(),
        zName: name_for_sqlite.into_raw(),
        pAppData: Arc::into_raw(sea).cast_mut().cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: None,
        xCurrentTimeInt64: None,
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    });
    // SAFETY: the structure, its name and the sea behind `pAppData` were leaked above or by
    // `into_raw`, so they outlive every use; all pointers in it are to functions of this module.
    let done = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(vfs), 0) };
    assert_eq!(done, ffi::SQLITE_OK, "SQLite takes the file system");
    name
}

/// # Safety
/// `vfs` is one that [`register`] made.
unsafe fn sea_of<'a>(vfs: *mut ffi::sqlite3_vfs) -> (&'a Shared, MutexGuard<'a, Sea>) {
    // SAFETY: `register` put a leaked `Arc<Shared>` there, and nothing ever takes it back.
    let sea = unsafe { &*(*vfs).pAppData.cast_const().cast::<Shared>() };
    (sea, sea.lock().unwrap_or_else(PoisonError::into_inner))
}

/// # Safety
/// `file` is one that [`open`] filled in and [`close`] has not seen.
unsafe fn opened<'a>(file: *mut ffi::sqlite3_file) -> (&'a mut OpenFile, MutexGuard<'a, Sea>) {
    // SAFETY: SQLite gave `open` room for an `OpenFile` behind this pointer, and calls one method of a
    // file at a time.
    let open = unsafe { &mut *file.cast::<OpenFile>() };
    // SAFETY: the sea was leaked by `register`.
    let sea = unsafe { &*open.sea };
    (open, sea.lock().unwrap_or_else(PoisonError::into_inner))
}

/// # Safety
/// `name` is a C string.
unsafe fn path_of<'a>(name: *const c_char) -> &'a Path {
    // SAFETY: as the caller promises; SQLite keeps it for the length of the call.
    let name = unsafe { CStr::from_ptr(name) };
    Path::new(OsStr::from_bytes(name.to_bytes()))
}

fn code(result: io::Result<()>, failed: c_int) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(error) if error.kind() == io::ErrorKind::StorageFull => ffi::SQLITE_FULL,
        Err(_) => failed,
    }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite hands over the `vfs` that was registered.
    let (shared, mut sea) = unsafe { sea_of(vfs) };
    // SAFETY: SQLite demands that this is set, to null where nothing must be closed.
    unsafe { (*file).pMethods = ptr::null() };
    // SAFETY: a name that is not null is a C string.
    let path = (!name.is_null()).then(|| unsafe { path_of(name) });
    let known = path.and_then(|path| sea.find(path));
    let (id, new) = match known {
        Some(id) => (id, false),
        None if path.is_some() && flags & ffi::SQLITE_OPEN_CREATE == 0 => {
            return ffi::SQLITE_CANTOPEN;
        }
        None => match sea.make(path) {
            Ok(id) => (id, path.is_some()),
            Err(_) => return ffi::SQLITE_CANTOPEN,
        },
    };
    let open = OpenFile {
        base: ffi::sqlite3_file { pMethods: &METHODS },
        sea: ptr::from_ref(shared),
        file: id,
        new,
    };
    // SAFETY: SQLite allocated `szOsFile` bytes there, the size of an `OpenFile`.
    unsafe { ptr::write(file.cast::<OpenFile>(), open) };
    if !out_flags.is_null() {
        // SAFETY: not null, so it points to an int of SQLite's.
        unsafe { *out_flags = flags };
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file.
    let (open, sea) = unsafe { opened(file) };
    let (Ok(amount), Ok(offset)) = (usize::try_from(amount), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_READ;
    };
    if sea.unreadable.contains(&open.file) {
        // As SQLite's own file system says it for an input/output error.
        return ffi::SQLITE_IOERR_CORRUPTFS;
    }
    // SAFETY: SQLite gives a buffer of `amount` bytes that nobody else uses.
    let buffer = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), amount) };
    let bytes = sea.bytes(open.file).get(offset..).unwrap_or_default();
    let there = bytes.len().min(amount);
    buffer[..there].copy_from_slice(&bytes[..there]);
    buffer[there..].fill(0);
    match there == amount {
        true => ffi::SQLITE_OK,
        false => ffi::SQLITE_IOERR_SHORT_READ,
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file.
    let (open, mut sea) = unsafe { opened(file) };
    let (Ok(amount), Ok(offset)) = (usize::try_from(amount), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite gives `amount` bytes to be written.
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), amount) };
    code(sea.write(open.file, offset, bytes), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: an open file.
    let (open, mut sea) = unsafe { opened(file) };
    let size = usize::try_from(size).unwrap_or(0);
    code(sea.cut(open.file, size), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let (open, mut sea) = unsafe { opened(file) };
    let done = sea.sync(open.file).and_then(|()| match open.new {
        true => sea.sync_names(),
        false => Ok(()),
    });
    open.new = false;
    code(done, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    size: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: an open file.
    let (open, sea) = unsafe { opened(file) };
    let bytes = sea.bytes(open.file).len();
    // SAFETY: SQLite gives room for the answer.
    unsafe { *size = ffi::sqlite3_int64::try_from(bytes).unwrap_or(0) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_: *mut ffi::sqlite3_file, held: *mut c_int) -> c_int {
    // SAFETY: SQLite gives room for the answer.
    unsafe { *held = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    512
}

unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_directory: c_int,
) -> c_int {
    // SAFETY: the registered `vfs` and a C string.
    let ((_, mut sea), path) = unsafe { (sea_of(vfs), path_of(name)) };
    if sea.find(path).is_none() {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    }
    let done = sea.remove(path).and_then(|()| match sync_directory {
        0 => Ok(()),
        _ => sea.sync_names(),
    });
    code(done, ffi::SQLITE_IOERR_DELETE)
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    _: c_int,
    there: *mut c_int,
) -> c_int {
    // SAFETY: the registered `vfs` and a C string.
    let ((_, sea), path) = unsafe { (sea_of(vfs), path_of(name)) };
    // SAFETY: SQLite gives room for the answer.
    unsafe { *there = c_int::from(sea.find(path).is_some()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: a C string.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if bytes.len() > usize::try_from(room).unwrap_or(0) {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: `out` has `room` bytes, at least as many as are copied.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(
    _: *mut ffi::sqlite3_vfs,
    amount: c_int,
    out: *mut c_char,
) -> c_int {
    static SEED: AtomicU64 = AtomicU64::new(7);
    let mut chance = crate::sea::Chance(SEED.fetch_add(1, Ordering::Relaxed));
    let length = usize::try_from(amount).unwrap_or(0);
    // SAFETY: SQLite gives `amount` bytes of room.
    let room = unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), length) };
    for byte in room {
        *byte = u8::try_from(chance.below(256)).unwrap_or(0);
    }
    amount
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, micros: c_int) -> c_int {
    micros
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, day: *mut f64) -> c_int {
    // SAFETY: SQLite gives room for the answer, a Julian day; nothing here depends on it.
    unsafe { *day = 2_460_000.5 };
    ffi::SQLITE_OK
}
