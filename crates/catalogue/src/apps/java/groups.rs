//! Groups of artifacts whose archives carry no Maven properties.
//!
//! Gradle writes none: without these, Spring's advisories would never be found.

/// Artifacts by prefix; the first that fits counts.
const PREFIXES: &[(&str, &str)] = &[
    ("spring-boot", "org.springframework.boot"),
    ("spring-security-oauth2", "org.springframework.security"),
    ("spring-security", "org.springframework.security"),
    ("spring-data", "org.springframework.data"),
    ("spring-cloud", "org.springframework.cloud"),
    ("spring-integration", "org.springframework.integration"),
    ("spring-batch", "org.springframework.batch"),
    ("spring-session", "org.springframework.session"),
    ("spring-amqp", "org.springframework.amqp"),
    ("spring-rabbit", "org.springframework.amqp"),
    ("spring-kafka", "org.springframework.kafka"),
    ("spring-hateoas", "org.springframework.hateoas"),
    ("spring-restdocs", "org.springframework.restdocs"),
    ("spring-ws", "org.springframework.ws"),
    ("spring-webflow", "org.springframework.webflow"),
    ("spring-ldap", "org.springframework.ldap"),
    ("spring-graphql", "org.springframework.graphql"),
    ("spring-vault", "org.springframework.vault"),
    ("spring-retry", "org.springframework.retry"),
    ("spring-plugin", "org.springframework.plugin"),
    ("kotlin-", "org.jetbrains.kotlin"),
    ("kotlinx-", "org.jetbrains.kotlinx"),
    ("tomcat-embed", "org.apache.tomcat.embed"),
    ("tomcat-", "org.apache.tomcat"),
    ("micrometer-", "io.micrometer"),
    ("reactor-netty", "io.projectreactor.netty"),
    ("reactor-", "io.projectreactor"),
    ("lucene-", "org.apache.lucene"),
    ("elasticsearch-", "org.elasticsearch"),
    ("opensearch-", "org.opensearch"),
    ("junit-jupiter", "org.junit.jupiter"),
    ("junit-platform", "org.junit.platform"),
    ("okhttp", "com.squareup.okhttp3"),
    ("okio", "com.squareup.okio"),
    ("opentelemetry-", "io.opentelemetry"),
    ("byte-buddy", "net.bytebuddy"),
    ("scala-", "org.scala-lang"),
    ("akka-", "com.typesafe.akka"),
    ("graphql-java", "com.graphql-java"),
    ("bcprov-", "org.bouncycastle"),
    ("bcpkix-", "org.bouncycastle"),
    ("bcutil-", "org.bouncycastle"),
    ("bctls-", "org.bouncycastle"),
    ("bcmail-", "org.bouncycastle"),
    ("bcpg-", "org.bouncycastle"),
    ("hibernate-validator", "org.hibernate.validator"),
    ("mockito-", "org.mockito"),
    ("kafka-", "org.apache.kafka"),
    ("kafka_", "org.apache.kafka"),
];

/// Artifacts by their whole name.
const NAMES: &[(&str, &str)] = &[
    ("h2", "com.h2database"),
    ("postgresql", "org.postgresql"),
    ("mysql-connector-java", "mysql"),
    ("mysql-connector-j", "com.mysql"),
    ("mssql-jdbc", "com.microsoft.sqlserver"),
    ("mongo-java-driver", "org.mongodb"),
    ("mongodb-driver-core", "org.mongodb"),
    ("mongodb-driver-sync", "org.mongodb"),
    ("bson", "org.mongodb"),
    ("elasticsearch", "org.elasticsearch"),
    ("opensearch", "org.opensearch"),
    ("junit", "junit"),
    ("ant", "org.apache.ant"),
    ("ant-launcher", "org.apache.ant"),
    ("log4j", "log4j"),
    ("antlr", "antlr"),
    ("velocity", "org.apache.velocity"),
    ("xalan", "xalan"),
    ("xercesImpl", "xerces"),
    ("commons-collections", "commons-collections"),
    ("commons-beanutils", "commons-beanutils"),
    ("commons-fileupload", "commons-fileupload"),
    ("commons-io", "commons-io"),
    ("commons-lang", "commons-lang"),
    ("commons-logging", "commons-logging"),
    ("commons-codec", "commons-codec"),
    ("commons-httpclient", "commons-httpclient"),
    ("quartz", "org.quartz-scheduler"),
    ("ehcache", "net.sf.ehcache"),
    ("aspectjweaver", "org.aspectj"),
    ("aspectjrt", "org.aspectj"),
    ("zookeeper", "org.apache.zookeeper"),
    ("netty", "io.netty"),
    ("gradle-wrapper", "org.gradle"),
    ("dom4j", "dom4j"),
    ("xstream", "com.thoughtworks.xstream"),
    ("rhino", "org.mozilla"),
];

/// Modules of the Spring Framework itself.
const SPRING: &[&str] = &[
    "aop",
    "aspects",
    "beans",
    "context",
    "context-indexer",
    "context-support",
    "core",
    "core-test",
    "expression",
    "instrument",
    "jcl",
    "jdbc",
    "jms",
    "messaging",
    "orm",
    "oxm",
    "r2dbc",
    "test",
    "tx",
    "web",
    "webflux",
    "webmvc",
    "webmvc-portlet",
    "websocket",
];

/// The group of a well-known artifact.
pub(crate) fn of(artifact: &str, version: &str) -> Option<String> {
    if artifact.strip_prefix("spring-").is_some_and(|module| SPRING.contains(&module)) {
        return Some("org.springframework".to_owned());
    }
    // These moved when their major version changed.
    let major: u32 = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    match artifact {
        "hibernate-core" | "hibernate-envers" | "hibernate-entitymanager" => {
            return Some(if major >= 6 { "org.hibernate.orm" } else { "org.hibernate" }.to_owned());
        }
        _ if artifact == "groovy" || artifact.starts_with("groovy-") => {
            return Some(if major >= 4 { "org.apache.groovy" } else { "org.codehaus.groovy" }.to_owned());
        }
        _ => {}
    }
    let named = NAMES.iter().find(|(name, _)| *name == artifact);
    let found = named.or_else(|| PREFIXES.iter().find(|(prefix, _)| artifact.starts_with(prefix)));
    found.map(|(_, group)| (*group).to_owned())
}
