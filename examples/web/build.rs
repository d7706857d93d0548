//! Keeps `src/migrations` up to date with the models.

fn main() {
    modelshift_build::run();
}
