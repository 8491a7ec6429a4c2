namespace Migrations.Schema;

/// <summary>What a schema object is, in the order in which a script can create them.</summary>
public enum SchemaObjectType
{
    /// <summary>A namespace (PostgreSQL).</summary>
    Schema,

    /// <summary>An extension (PostgreSQL).</summary>
    Extension,

    /// <summary>A type: an enum, a composite or a range (PostgreSQL).</summary>
    Type,

    /// <summary>A domain (PostgreSQL).</summary>
    Domain,

    /// <summary>A sequence of its own, not an identity column's (PostgreSQL).</summary>
    Sequence,

    /// <summary>A function, a procedure or an aggregate (PostgreSQL).</summary>
    Function,

    /// <summary>A table, a partition or a virtual table.</summary>
    Table,

    /// <summary>A column of a table.</summary>
    Column,

    /// <summary>A primary key, unique, check, foreign key or exclusion constraint.</summary>
    Constraint,

    /// <summary>An index that represents no constraint.</summary>
    Index,

    /// <summary>A view.</summary>
    View,

    /// <summary>A materialised view (PostgreSQL).</summary>
    MaterializedView,

    /// <summary>A trigger.</summary>
    Trigger,

    /// <summary>A rule (PostgreSQL).</summary>
    Rule,

    /// <summary>A row-level security policy (PostgreSQL).</summary>
    Policy,

    /// <summary>
    /// Something rarer, named with its kind: a statistics object, an event trigger, a collation, a publication, a foreign server, a cast,
    /// an operator (PostgreSQL).
    /// </summary>
    Other,

    /// <summary>A comment on another object (PostgreSQL).</summary>
    Comment,

    /// <summary>
    /// Who owns an object, and who may do what with it (PostgreSQL). Never part of the fingerprint: a scratch server may lack the roles.
    /// </summary>
    Grant,

    /// <summary>
    /// A number of the user's own in the file's header: <c>PRAGMA user_version</c>, <c>PRAGMA application_id</c> (SQLite). Never part of
    /// the fingerprint: programs set them too.
    /// </summary>
    Setting,
}
