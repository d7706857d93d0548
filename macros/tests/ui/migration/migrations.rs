mod migrations {
    modelshift::migrations!("blog");
}

fn main() {
    let _ = migrations::all();
}
