use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[test]
fn a_text_that_was_saved_meanwhile_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m0001_initial.rs");
    create(&file, "one", None).unwrap();
    assert!(matches!(create(&file, "two", None), Err(Left::Saved)));
    replace(&file, "one", "two", None).unwrap();
    assert!(matches!(replace(&file, "one", "three", None), Err(Left::Saved)));
    assert!(matches!(remove(&file, "one"), Err(Left::Saved)));
    assert_eq!(fs::read_to_string(&file).unwrap(), "two");
    // Another build wrote the same.
    create(&file, "two", None).unwrap();
    replace(&file, "one", "two", None).unwrap();
    remove(&file, "two").unwrap();
    remove(&file, "two").unwrap();
    assert!(matches!(replace(&file, "two", "three", None), Err(Left::Saved)));
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

/// Returns whether the file comes to hold a text soon.
fn comes_to_hold(file: &Path, text: &str) -> bool {
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        if fs::read_to_string(file).is_ok_and(|there| there == text) {
            return true;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    false
}

/// Saves as editors do while the file is rewritten and removed all the time, and looks for each text afterwards.
fn no_save_is_lost(save: impl Fn(&Path, &str)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("m0002_draft.rs");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let build = scope.spawn(|| {
            let mut number = 0;
            while !is_over.load(Ordering::Relaxed) {
                number += 1;
                let text = format!("draft {number}");
                // As the build step does: what begins otherwise was edited by a person, and is left alone.
                let done = match read(&file).unwrap() {
                    None => create(&file, &text, None),
                    Some(known) if known.starts_with("draft") && number % 5 == 0 => remove(&file, &known),
                    Some(known) if known.starts_with("draft") => replace(&file, &known, &text, None),
                    Some(_) => Ok(()),
                };
                assert!(matches!(done, Ok(()) | Err(Left::Saved)), "{done:?}");
            }
        });
        let mut lost = Vec::new();
        for number in 0..150 {
            let text = format!("mine {number}");
            save(&file, &text);
            if !comes_to_hold(&file, &text) {
                lost.push(text);
                break;
            }
            // It becomes a draft again, without a moment in which it is a part of one.
            let beside = folder.path().join("beside");
            fs::write(&beside, format!("draft again {number}")).unwrap();
            fs::rename(&beside, &file).unwrap();
            std::thread::sleep(Duration::from_micros(50 * (number % 7)));
        }
        is_over.store(true, Ordering::Relaxed);
        build.join().unwrap();
        assert_eq!(lost, Vec::<String>::new());
    });
}

#[test]
fn a_save_in_place_is_never_lost() {
    no_save_is_lost(|file, text| fs::write(file, text).unwrap());
}

#[test]
fn what_a_killed_build_left_is_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let old = SystemTime::now() - Duration::from_hours(1);
    let signed = trailer::sign("//! Nothing.\n");
    for (name, text, stamp) in [
        (".m0002_a.rs.17.tmp", "half of", Some(old)),
        (".m0002_a.rs.18.tmp", "just now", None),
        (".m0002_a.rs.17.old.tmp", signed.as_str(), Some(old)),
        (".m0002_b.rs.17.old.tmp", "by hand", Some(old)),
        (".m0002_a.rs.swp", "an editor's", Some(old)),
        ("m0002_a.rs", "half of", Some(old)),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        set_back(&path, stamp);
    }
    sweep(folder.path());
    let left = [".m0002_a.rs.18.tmp", ".m0002_a.rs.swp", ".m0002_b.rs.17.old.tmp", "m0002_a.rs"];
    assert_eq!(names(folder.path()), left);
}
