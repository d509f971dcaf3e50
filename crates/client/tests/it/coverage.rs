use std::collections::BTreeSet;
use std::path::Path;

use holdfast_client::OPERATIONS;

#[test]
fn no_operation_of_the_api_lacks_a_method() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/holdfast.json");
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let described: BTreeSet<(String, String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| {
                let name = operation["operationId"].as_str().unwrap();
                (name.to_owned(), method.to_uppercase(), path.clone())
            })
        })
        .collect();
    let methods: BTreeSet<(String, String, String)> =
        OPERATIONS.iter().map(|(name, method, path)| ((*name).into(), (*method).into(), (*path).into())).collect();
    assert_eq!(methods, described);
}
