//! Keeps the migrations of three apps up to date with their models.

fn main() {
    modelshift_build::new().app("code", "src/code").app("tracker", "src/tracker").app("ci", "src/ci").run();
}
