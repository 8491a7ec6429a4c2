global using Migrations.Testing;
