//! Services, tasks, log lines.

use api_model::{
    LogLineView, LogStream, PortView, ReplicasView, ServiceMode, ServicePermissions, ServiceState, ServiceView,
    TaskView,
};
use opctx::Snapshot;
use workloads::{LogLine, Service, Task};

/// Shows a service; its owner by name.
pub(crate) fn service_view(service: Service, snapshot: &Snapshot) -> ServiceView {
    let owner = service.owner.and_then(|owner| snapshot.account(owner)).map(|account| account.name.to_string());
    ServiceView {
        id: service.id,
        name: service.name,
        stack: service.stack,
        image: service.image,
        image_digest: service.image_digest,
        mode: match service.mode {
            workloads::ServiceMode::Replicated => ServiceMode::Replicated,
            workloads::ServiceMode::Global => ServiceMode::Global,
            workloads::ServiceMode::ReplicatedJob => ServiceMode::ReplicatedJob,
            workloads::ServiceMode::GlobalJob => ServiceMode::GlobalJob,
        },
        state: match service.state {
            workloads::ServiceState::Running => ServiceState::Running,
            workloads::ServiceState::Updating => ServiceState::Updating,
            workloads::ServiceState::Degraded => ServiceState::Degraded,
            workloads::ServiceState::Stopped => ServiceState::Stopped,
        },
        replicas: ReplicasView { running: service.running, desired: service.desired },
        message: service.message,
        collection_path: service.collection_path,
        owner,
        ports: service
            .ports
            .into_iter()
            .map(|port| PortView {
                published: port.published,
                target: port.target,
                protocol: port.protocol,
                mode: port.mode,
            })
            .collect(),
        created_at: service.created_at,
        updated_at: service.updated_at,
        permissions: ServicePermissions {
            update: service.rights.update,
            delete: service.rights.delete,
            logs: service.rights.logs,
            view_tasks: service.rights.view_tasks,
        },
    }
}

/// Returns the domain's word for a state.
pub(crate) fn service_state(state: ServiceState) -> workloads::ServiceState {
    match state {
        ServiceState::Running => workloads::ServiceState::Running,
        ServiceState::Updating => workloads::ServiceState::Updating,
        ServiceState::Degraded => workloads::ServiceState::Degraded,
        ServiceState::Stopped => workloads::ServiceState::Stopped,
    }
}

/// Shows a task.
pub(crate) fn task_view(task: Task) -> TaskView {
    TaskView {
        id: task.id,
        name: task.name,
        slot: task.slot,
        node: task.node_name,
        image: task.image,
        state: task.state,
        desired_state: task.desired_state,
        message: task.message,
        error: task.error,
        container_id: task.container_id,
        updated_at: task.updated_at,
    }
}

/// Shows a line of a log.
pub(crate) fn log_line_view(line: LogLine) -> LogLineView {
    LogLineView {
        at: line.at,
        stream: match line.stream {
            workloads::LogStream::Stdout => LogStream::Stdout,
            workloads::LogStream::Stderr => LogStream::Stderr,
        },
        task: line.task,
        node: line.node,
        line: line.line,
    }
}
