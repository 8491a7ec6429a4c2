# Description: The domain of each node, read from its address
# Depends-On: 001_initial_schema

function New-SqlCommand([string] $Sql) {
    $command = $Connection.CreateCommand()
    $command.Transaction = $Transaction
    $command.CommandText = $Sql
    $command
}

function up {
    # What is known already is left alone, and remembered, so that it is kept when this is rolled back.
    $null = (New-SqlCommand 'CREATE TABLE domains_found (node_id TEXT PRIMARY KEY REFERENCES nodes(id) ON DELETE CASCADE)').ExecuteNonQuery()
    $reader = (New-SqlCommand 'SELECT id, url FROM nodes WHERE url IS NOT NULL AND source_domain IS NULL').ExecuteReader()
    $nodes = try { while ($reader.Read()) { @{ Id = $reader.GetString(0); Url = $reader.GetString(1) } } } finally { $reader.Dispose() }
    foreach ($node in $nodes) {
        $domain = ([uri] $node.Url).Host -replace '^www\.'
        if (-not $domain) { Write-Warning "$($node.Id) has no domain in its address."; continue }
        foreach ($sql in 'UPDATE nodes SET source_domain = @domain WHERE id = @id', 'INSERT INTO domains_found VALUES (@id)') {
            $write = New-SqlCommand $sql
            foreach ($value in @{ '@domain' = $domain; '@id' = $node.Id }.GetEnumerator()) {
                $parameter = $write.CreateParameter()
                $parameter.ParameterName, $parameter.Value = $value.Key, $value.Value
                $null = $write.Parameters.Add($parameter)
            }
            $null = $write.ExecuteNonQuery()
        }
    }
    "$(@($nodes).Count) nodes looked at"
}

function down {
    $null = (New-SqlCommand 'UPDATE nodes SET source_domain = NULL WHERE id IN (SELECT node_id FROM domains_found)').ExecuteNonQuery()
    $null = (New-SqlCommand 'DROP TABLE domains_found').ExecuteNonQuery()
}
