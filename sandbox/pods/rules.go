package main

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// A ruleSet is one table of a pod's namespace.
type ruleSet struct {
	connection *nftables.Conn
	table      *nftables.Table
	current    *nftables.Chain
}

// inTable replaces a table of a network namespace in one transaction.
func inTable(namespace, name string, fill func(*ruleSet)) error {
	file, err := os.Open(namespace)
	if err != nil {
		return err
	}
	defer file.Close()
	connection, err := nftables.New(nftables.WithNetNSFd(int(file.Fd())))
	if err != nil {
		return err
	}
	table := &nftables.Table{Name: name, Family: nftables.TableFamilyIPv4}
	// A table that is not there cannot be deleted: so it is made before.
	connection.AddTable(table)
	connection.DelTable(table)
	if fill != nil {
		connection.AddTable(table)
		fill(&ruleSet{connection: connection, table: table})
	}
	if err := connection.Flush(); err != nil {
		return fmt.Errorf("write the rules of table %s: %w", name, err)
	}
	return nil
}

func (rules *ruleSet) chain(name string, kind nftables.ChainType, hook *nftables.ChainHook, priority *nftables.ChainPriority) {
	rules.current = rules.connection.AddChain(&nftables.Chain{
		Name: name, Table: rules.table, Type: kind, Hooknum: hook, Priority: priority,
	})
}

func (rules *ruleSet) add(parts ...[]expr.Any) {
	rule := &nftables.Rule{Table: rules.table, Chain: rules.current}
	for _, part := range parts {
		rule.Exprs = append(rule.Exprs, part...)
	}
	rules.connection.AddRule(rule)
}

var localhost = netip.MustParseAddr("127.0.0.1")

func compare(source expr.Any, op expr.CmpOp, data []byte) []expr.Any {
	return []expr.Any{source, &expr.Cmp{Op: op, Register: 1, Data: data}}
}

func loopback(key expr.MetaKey, op expr.CmpOp) []expr.Any {
	name := make([]byte, unix.IFNAMSIZ)
	copy(name, "lo")
	return compare(&expr.Meta{Key: key, Register: 1}, op, name)
}

func overLoopback() []expr.Any    { return loopback(expr.MetaKeyOIFNAME, expr.CmpOpEq) }
func notFromLoopback() []expr.Any { return loopback(expr.MetaKeyIIFNAME, expr.CmpOpNeq) }

func user(op expr.CmpOp, id uint32) []expr.Any {
	return compare(&expr.Meta{Key: expr.MetaKeySKUID, Register: 1}, op, binaryutil.NativeEndian.PutUint32(id))
}

func ofUser(id uint32) []expr.Any    { return user(expr.CmpOpEq, id) }
func notOfUser(id uint32) []expr.Any { return user(expr.CmpOpNeq, id) }

const sourceOffset, destinationOffset = 12, 16

func address(offset uint32, op expr.CmpOp, address netip.Addr) []expr.Any {
	field := &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: 4}
	return compare(field, op, address.AsSlice())
}

func from(source netip.Addr) []expr.Any { return address(sourceOffset, expr.CmpOpEq, source) }
func to(destination netip.Addr) []expr.Any {
	return address(destinationOffset, expr.CmpOpEq, destination)
}
func notTo(destination netip.Addr) []expr.Any {
	return address(destinationOffset, expr.CmpOpNeq, destination)
}

func protocol(number byte) []expr.Any {
	return compare(&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1}, expr.CmpOpEq, []byte{number})
}

func tcp() []expr.Any { return protocol(unix.IPPROTO_TCP) }

func port(number uint16) []expr.Any {
	field := &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2}
	return compare(field, expr.CmpOpEq, binary.BigEndian.AppendUint16(nil, number))
}

func tcpTo(number uint16) []expr.Any { return append(tcp(), port(number)...) }
func udpTo(number uint16) []expr.Any { return append(protocol(unix.IPPROTO_UDP), port(number)...) }

func leave() []expr.Any { return []expr.Any{&expr.Verdict{Kind: expr.VerdictReturn}} }

func reset() []expr.Any {
	return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_TCP_RST}}
}

func redirectTo(number uint16) []expr.Any {
	return []expr.Any{
		&expr.Immediate{Register: 1, Data: binary.BigEndian.AppendUint16(nil, number)},
		&expr.Redir{RegisterProtoMin: 1},
	}
}
