//! Roles, their wire form, and the matrix of what is built in.

use std::collections::BTreeMap;
use std::fmt::Write;

use holdfast_access::{Category, Operation, Parameter, Rights, Role, WireError, builtin, builtin_roles, role_ids};

fn role(id: &str) -> Role {
    builtin_roles().into_iter().find(|role| role.id.as_str() == id).unwrap()
}

#[test]
fn built_in_roles_allow_exactly_this() {
    let roles = builtin_roles();
    let mut table = String::new();
    for operation in Operation::ALL {
        let _ = write!(table, "{:<28}", operation.name());
        for role in &roles {
            let mark = if role.rights.has(*operation) { "x" } else { "." };
            let _ = write!(table, " {mark}");
        }
        for parameter in operation.parameters() {
            let marks: String =
                roles.iter().map(|r| if r.rights.has_parameter(*operation, *parameter) { 'x' } else { '.' }).collect();
            let _ = write!(table, "\n    [{marks}] {parameter}");
        }
        table.push('\n');
    }
    let columns = roles.iter().map(|role| role.id.as_str()).collect::<Vec<_>>().join(" ");
    insta::assert_snapshot!(format!("{columns}\n{table}"));
}

#[test]
fn restricted_control_cannot_exec_or_reach_the_node() {
    let rights = role(role_ids::RESTRICTED_CONTROL).rights;
    assert!(rights.allows(Operation::ContainerCreate, &[Parameter::BridgeNetworking]));
    assert!(!rights.has(Operation::ContainerExec));
    assert!(!rights.has(Operation::ContainerJoin));
    for operation in Operation::ALL {
        for parameter in operation.parameters() {
            let bridge = *parameter == Parameter::BridgeNetworking;
            assert_eq!(rights.has_parameter(*operation, *parameter), bridge, "{operation}: {parameter}");
        }
    }
}

#[test]
fn every_operation_is_found_by_its_wire_name() {
    for operation in Operation::ALL {
        assert!(operation.name().starts_with(operation.category().name()));
        assert_eq!(Operation::from_wire(operation.category().name(), operation.name()), Some(*operation));
    }
    assert_eq!(Operation::from_wire("Service", "Container View"), None);
    assert_eq!(Operation::ALL.len(), Category::ALL.iter().map(|c| c.operations().len()).sum::<usize>());
    for parameter in Parameter::ALL {
        assert_eq!(Parameter::from_name(parameter.name()), Some(*parameter));
    }
}

#[test]
fn operations_go_through_their_wire_form() {
    for role in builtin_roles() {
        let text = serde_json::to_string(&role).unwrap();
        assert_eq!(serde_json::from_str::<Role>(&text).unwrap(), role, "{text}");
    }
    let rights: Rights =
        serde_json::from_str(r#"{"Container": {"Container Create": ["Privileged"], "Container View": []}}"#).unwrap();
    assert!(rights.allows(Operation::ContainerCreate, &[Parameter::Privileged]));
    assert!(!rights.allows(Operation::ContainerCreate, &[Parameter::HostBindMounts]));
    assert_eq!(
        serde_json::to_string(&rights).unwrap(),
        r#"{"Container":{"Container Create":["Privileged"],"Container View":[]}}"#
    );
}

#[test]
fn an_unknown_operation_or_parameter_is_refused() {
    let wire = |category: &str, operation: &str, parameter: &str| {
        let operations = BTreeMap::from([(operation.to_owned(), vec![parameter.to_owned()])]);
        Rights::from_wire(&BTreeMap::from([(category.to_owned(), operations)]))
    };
    assert!(matches!(wire("Container", "Container Fly", ""), Err(WireError::UnknownOperation { .. })));
    assert!(matches!(wire("Image", "Container View", ""), Err(WireError::UnknownOperation { .. })));
    assert!(matches!(wire("Container", "Container View", "Privileged"), Err(WireError::UnknownParameter { .. })));
}

#[test]
fn built_in_collections_hang_together() {
    let tree = builtin::collections();
    for collection in &tree {
        let parent = collection.parent.as_ref().map(|id| tree.iter().find(|c| c.id == *id).unwrap());
        assert_eq!(parent.map(|parent| parent.path.clone()), collection.path.parent());
    }
    assert_eq!(builtin::root(), tree[0].id);
    assert_eq!(builtin::private(), tree[3].id);
}
