//! Keeps `src/migrations` in step with the models.

fn main() {
    modelshift_build::run();
}
