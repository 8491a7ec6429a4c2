global using Migrations.Testing;
global using Xunit;
