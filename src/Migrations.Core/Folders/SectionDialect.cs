namespace Migrations.Folders;

/// <summary>Whose way of marking sections a file uses.</summary>
internal enum SectionDialect
{
    /// <summary><c>-- Up Migration</c></summary>
    Plain,

    /// <summary><c>-- migrate:up</c>, see <see href="https://github.com/amacneil/dbmate#writing-migrations"/></summary>
    Dbmate,

    /// <summary><c>-- +goose Up</c>, see <see href="https://pressly.github.io/goose/documentation/annotations/"/></summary>
    Goose,

    /// <summary><c>-- +migrate Up</c>, see <see href="https://github.com/rubenv/sql-migrate#writing-migrations"/></summary>
    SqlMigrate,
}
